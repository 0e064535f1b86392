/* A disk that fails: system calls on files below one folder end with an error, half done, or with the death of their
   process. Loaded into a process with LD_PRELOAD, it does nothing until the environment says so:

     SABOTAGE="seed chance die root log"

   chance: of 1000 calls so many fail. die: the process is killed before (odd seeds) or after (even ones) this call, 0 =
   never; -n: from the nth call on the disk can only be read. A line of `log` is written for every call that was counted or failed. Knows nothing of reelmake. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static pid_t ready;
static unsigned long long state;
static long chance, die, seen;
static int even, log_handle = -1;
static char root[PATH_MAX];

static void prepare(void) {
    pid_t pid = getpid();
    if (ready == pid) return;
    ready = pid;
    chance = die = seen = 0;
    root[0] = 0;
    char log[PATH_MAX] = "";
    unsigned long long seed = 0;
    const char *said = getenv("SABOTAGE");
    if (!said || sscanf(said, "%llu %ld %ld %4095s %4095s", &seed, &chance, &die, root, log) < 5) {
        root[0] = 0;
        return;
    }
    state = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    even = seed % 2 == 0;
    log_handle = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

static unsigned draw(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 11);
}

static int ours(const char *path) { return path && root[0] && !strncmp(path, root, strlen(root)); }

static int ours_open(int handle) {
    char link[64], path[PATH_MAX];
    if (!root[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    ssize_t n = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return ours(path);
}

static void note(const char *call, const char *what) {
    char line[128];
    int n = snprintf(line, sizeof line, "%s %s\n", call, what);
    if (log_handle >= 0) syscall(SYS_write, log_handle, line, (size_t)n);
}

/* Is this call to fail? Then errno says how. A call that writes may also be half done: -2. */
static int fails(const char *call, int mine, int writes) {
    if (!mine) return 0;
    seen++;
    if (die < 0 && seen >= -die) {
        note(call, "read-only");
        errno = EROFS;
        return -1;
    }
    if (die > 0 && seen == die && !even) {
        note(call, "killed-before");
        kill(getpid(), SIGKILL);
    }
    if (!chance || (long)(draw() % 1000) >= chance) return 0;
    static const struct { int number; const char *name; } ways[] = {
        {EIO, "EIO"}, {ENOSPC, "ENOSPC"}, {EROFS, "EROFS"}, {EINTR, "EINTR"}, {0, "short"}};
    unsigned way = draw() % 5;
    if (!ways[way].number && !writes) way = 0;
    note(call, ways[way].name);
    if (!ways[way].number) return -2;
    errno = ways[way].number;
    return -1;
}

static void done(const char *call, int mine) {
    if (mine && die > 0 && seen == die && even) {
        note(call, "killed-after");
        kill(getpid(), SIGKILL);
    }
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name); \
    prepare()

#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        va_list rest; va_start(rest, flags); int mode = va_arg(rest, int); va_end(rest); \
        REAL(int, #name, const char *, int, ...); \
        int mine = ours(path) && (flags & (O_WRONLY | O_RDWR | O_CREAT)); \
        if (fails("open", mine, 0)) return -1; \
        int result = real(path, flags, mode); done("open", mine); return result; }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name) \
    int name(int folder, const char *path, int flags, ...) { \
        va_list rest; va_start(rest, flags); int mode = va_arg(rest, int); va_end(rest); \
        REAL(int, #name, int, const char *, int, ...); \
        int mine = (ours(path) || (path[0] != '/' && ours_open(folder))) && (flags & (O_WRONLY | O_RDWR | O_CREAT)); \
        if (fails("open", mine, 0)) return -1; \
        int result = real(folder, path, flags, mode); done("open", mine); return result; }
OPENS_AT(openat)
OPENS_AT(openat64)

ssize_t write(int handle, const void *data, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    int mine = ours_open(handle), wrong = fails("write", mine, size > 1);
    if (wrong == -1) return -1;
    ssize_t result = real(handle, data, wrong == -2 ? size / 2 : size);
    done("write", mine);
    return result;
}

#define WRITES_AT(name, type) \
    ssize_t name(int handle, const void *data, size_t size, type at) { \
        REAL(ssize_t, #name, int, const void *, size_t, type); \
        int mine = ours_open(handle), wrong = fails("write", mine, size > 1); \
        if (wrong == -1) return -1; \
        ssize_t result = real(handle, data, wrong == -2 ? size / 2 : size, at); \
        done("write", mine); return result; }
WRITES_AT(pwrite, off_t)
WRITES_AT(pwrite64, off64_t)

ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t size, unsigned flags) {
    REAL(ssize_t, "copy_file_range", int, off64_t *, int, off64_t *, size_t, unsigned);
    int mine = ours_open(out), wrong = fails("copy", mine, size > 1);
    if (wrong == -1) return -1;
    ssize_t result = real(in, from, out, to, wrong == -2 ? size / 2 : size, flags);
    done("copy", mine);
    return result;
}

int ioctl(int handle, unsigned long request, ...) {
    va_list rest; va_start(rest, request); void *argument = va_arg(rest, void *); va_end(rest);
    REAL(int, "ioctl", int, unsigned long, void *);
    int mine = request == FICLONE && ours_open(handle);
    if (fails("clone", mine, 0)) return -1;
    int result = real(handle, request, argument);
    done("clone", mine);
    return result;
}

ssize_t sendfile(int out, int in, off_t *at, size_t size) {
    REAL(ssize_t, "sendfile", int, int, off_t *, size_t);
    int mine = ours_open(out), wrong = fails("sendfile", mine, size > 1);
    if (wrong == -1) return -1;
    ssize_t result = real(out, in, at, wrong == -2 ? size / 2 : size);
    done("sendfile", mine);
    return result;
}

ssize_t sendfile64(int out, int in, off64_t *at, size_t size) {
    REAL(ssize_t, "sendfile64", int, int, off64_t *, size_t);
    int mine = ours_open(out), wrong = fails("sendfile", mine, size > 1);
    if (wrong == -1) return -1;
    ssize_t result = real(out, in, at, wrong == -2 ? size / 2 : size);
    done("sendfile", mine);
    return result;
}

#define ON_A_HANDLE(name, call) \
    int name(int handle) { \
        REAL(int, #name, int); \
        int mine = ours_open(handle); \
        if (fails(call, mine, 0)) return -1; \
        int result = real(handle); done(call, mine); return result; }
ON_A_HANDLE(fsync, "sync")
ON_A_HANDLE(fdatasync, "sync")

#define SHORTENS(name) \
    int name(int handle, off_t size) { \
        REAL(int, #name, int, off_t); \
        int mine = ours_open(handle); \
        if (fails("truncate", mine, 0)) return -1; \
        int result = real(handle, size); done("truncate", mine); return result; }
SHORTENS(ftruncate)
SHORTENS(ftruncate64)

#define ON_TWO_PATHS(name, call) \
    int name(const char *from, const char *to) { \
        REAL(int, #name, const char *, const char *); \
        int mine = ours(from) || ours(to); \
        if (fails(call, mine, 0)) return -1; \
        int result = real(from, to); done(call, mine); return result; }
ON_TWO_PATHS(rename, "rename")
ON_TWO_PATHS(link, "link")
ON_TWO_PATHS(symlink, "link")

int renameat(int there, const char *from, int here, const char *to) {
    REAL(int, "renameat", int, const char *, int, const char *);
    int mine = ours(from) || ours(to) || ours_open(there) || ours_open(here);
    if (fails("rename", mine, 0)) return -1;
    int result = real(there, from, here, to);
    done("rename", mine);
    return result;
}

int linkat(int there, const char *from, int here, const char *to, int flags) {
    REAL(int, "linkat", int, const char *, int, const char *, int);
    int mine = ours(from) || ours(to) || ours_open(there) || ours_open(here);
    if (fails("link", mine, 0)) return -1;
    int result = real(there, from, here, to, flags);
    done("link", mine);
    return result;
}

#define ON_A_PATH(name, call) \
    int name(const char *path) { \
        REAL(int, #name, const char *); \
        int mine = ours(path); \
        if (fails(call, mine, 0)) return -1; \
        int result = real(path); done(call, mine); return result; }
ON_A_PATH(unlink, "unlink")
ON_A_PATH(rmdir, "unlink")

int unlinkat(int folder, const char *path, int flags) {
    REAL(int, "unlinkat", int, const char *, int);
    int mine = ours(path) || (path[0] != '/' && ours_open(folder));
    if (fails("unlink", mine, 0)) return -1;
    int result = real(folder, path, flags);
    done("unlink", mine);
    return result;
}

int chmod(const char *path, mode_t mode) {
    REAL(int, "chmod", const char *, mode_t);
    int mine = ours(path);
    if (fails("chmod", mine, 0)) return -1;
    int result = real(path, mode);
    done("chmod", mine);
    return result;
}

int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    int mine = ours(path);
    if (fails("mkdir", mine, 0)) return -1;
    int result = real(path, mode);
    done("mkdir", mine);
    return result;
}
