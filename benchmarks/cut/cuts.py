"""What a cut costs beside ffmpeg's own ways: hard cuts, dissolves, and one thing changed afterwards.

    python benchmarks/cut/cuts.py [CLIPS] [SECONDS] [ROUNDS]

CPU seconds (user and system, of the whole process tree) are the honest column on a busy machine, wall is the median of
the rounds; RSS is the peak of the tree. Every reel's frames are counted.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import av

from reelmake.media import ffmpeg

SOURCES = ("testsrc2=s=1280x720:r=24", "mandelbrot=s=1280x720:r=24", "gradients=s=1280x720:r=24:c0=navy:c1=orange")
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    wall: float
    cpu: float
    rss: float  # MB


def measured(command: Sequence[str], folder: Path) -> Cost:
    """Runs a command to its end."""
    began, peak = time.perf_counter(), 0
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE) as child:  # fmt: skip
        assert child.stderr is not None
        said: list[bytes] = []
        listener = threading.Thread(target=lambda: said.append(child.stderr.read()))  # type: ignore[union-attr]
        listener.start()
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            peak = max(peak, _resident(child.pid))
            time.sleep(0.02)
        child.returncode = os.waitstatus_to_exitcode(status)
        listener.join()
    if child.returncode:
        raise SystemExit(f"{command[0]} failed:\n{b''.join(said).decode()[-2000:]}")
    return Cost(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, peak / 1e6)


def _resident(pid: int) -> int:
    """Bytes of memory of a process and all below it."""
    try:
        own = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        below = Path(f"/proc/{pid}/task").glob("*/children")
        return own + sum(_resident(int(child)) for file in below for child in file.read_text().split())
    except (OSError, IndexError):
        return 0


def clips(folder: Path, count: int, seconds: int) -> list[Path]:
    """Clips with sound, as a provider of one model makes them: one encoder, one keyframe or few."""
    files = [folder / f"clip{n:03}.mp4" for n in range(count)]
    for n, file in enumerate(files):
        sound = f"sine=f={300 + 20 * n}:r=48000"
        ffmpeg.measure(["-f", "lavfi", "-i", SOURCES[n % len(SOURCES)], "-f", "lavfi", "-i", sound, "-t", str(seconds),
                        "-vf", f"hue=h={n * 30}", "-c:v", "libx264", "-preset", "veryfast", "-b:v", "5M", "-ac", "2",
                        "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k", str(file)])  # fmt: skip
    return files


class Film:
    """A project whose shots are the clips."""

    def __init__(self, folder: Path, files: Sequence[Path]) -> None:
        self.folder, self.files = folder, list(files)
        folder.mkdir()
        subprocess.run([ffmpeg.program(), "-loglevel", "error", "-f", "lavfi", "-i", "sine=f=200:r=48000:d=20", "-y",
                        str(folder / "bed.flac")], check=True)  # fmt: skip

    def write(self, *, into: str = "", options: str = "{}", title: str = "", gain: int | None = None) -> None:
        shots = "".join(f"  s{n}: {{file: {file}}}\n" for n, file in enumerate(map(self._inside, self.files)))
        ends = ["", *([f", into: {{{into}}}"] * (len(self.files) - 1) if into else [""] * (len(self.files) - 1))][::-1]
        titled = [f', title: "{title}"' if title and n == 1 else "" for n in range(len(self.files))]
        rows = zip(ends, titled, strict=True)
        cut = "".join(f"  - {{shot: s{n}{end}{words}}}\n" for n, (end, words) in enumerate(rows))
        sound = f"sound: {{music: {{file: bed.flac, gain: {gain}}}}}\n" if gain is not None else ""
        text = f"reelmake: 1\ntitle: Bench\nshots:\n{shots}cut:\n{cut}{sound}outputs:\n  cut.mp4: {options}\n"
        (self.folder / "storyboard.yaml").write_text(text)

    def _inside(self, file: Path) -> str:
        inside = self.folder / file.name
        if not inside.exists():
            shutil.copy(file, inside)
        return file.name

    def build(self, *, anew: bool = True, jobs: int = 2) -> Cost:
        if anew:
            shutil.rmtree(self.folder / ".reelmake", ignore_errors=True)
        return measured([sys.executable, "-m", "reelmake", "build", "-j", str(jobs), "--quiet"], self.folder)

    @property
    def reel(self) -> Path:
        return self.folder / "build" / "cut.mp4"


def concat(files: Sequence[Path], folder: Path) -> Cost:
    (folder / "list.txt").write_text("".join(f"file '{file}'\n" for file in files))
    return measured([ffmpeg.program(), "-y", "-f", "concat", "-safe", "0", "-i", "list.txt", "-c", "copy",
                     "concat.mp4"], folder)  # fmt: skip


def chain(files: Sequence[Path], folder: Path, seconds: int, preset: str) -> Cost:
    """One graph of xfades and acrossfades, as most tools build it."""
    graph, picture, sound = [], "0:v", "0:a"
    for n in range(1, len(files)):
        graph.append(f"[{picture}][{n}:v]xfade=duration=0.5:offset={n * (seconds - 0.5)}[v{n}]")
        graph.append(f"[{sound}][{n}:a]acrossfade=d=0.5[a{n}]")
        picture, sound = f"v{n}", f"a{n}"
    inputs = [word for file in files for word in ("-i", str(file))]
    return measured([ffmpeg.program(), "-y", *inputs, "-filter_complex", ";".join(graph), "-map", f"[{picture}]",
                     "-map", f"[{sound}]", "-c:v", "libx264", "-preset", preset, "-crf", "18", "-pix_fmt", "yuv420p",
                     "-c:a", "aac", "-b:a", "192k", "chain.mp4"], folder)  # fmt: skip


def frames(file: Path) -> int:
    with av.open(str(file)) as container:
        return sum(bool(packet.size) for packet in container.demux(video=0))


def main() -> None:
    count, seconds, rounds = (int(n) for n in (*sys.argv[1:], *("12", "8", "1")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        files = clips(folder, count, seconds)
        film = Film(folder / "film", files)
        whole, joined = count * seconds * 24, count * seconds * 24 - 12 * (count - 1)

        def row(name: str, run: Callable[[], Cost], file: Path | None = None, due: int = 0) -> None:
            costs = [run() for _ in range(rounds)]
            wall, cpu = (statistics.median(getattr(c, column) for c in costs) for column in ("wall", "cpu"))
            found = "" if file is None else f"{frames(file)} of {due} frames"
            print(f"{name:44} {wall:8.2f} {cpu:8.2f} {max(c.rss for c in costs):8.0f}  {found}", flush=True)

        print(f"{count} clips of {seconds} s at 1280x720; ffmpeg {ffmpeg.version()}; {rounds} round(s)")
        print(f"{'':44} {'wall s':>8} {'CPU s':>8} {'RSS MB':>8}")
        row("hard cuts: concat demuxer, copy", lambda: concat(files, folder), folder / "concat.mp4", whole)
        film.write()
        row("hard cuts: reelmake", film.build, film.reel, whole)
        film.write(options="{copy: never}")
        row("hard cuts: reelmake, encoding all", film.build, film.reel, whole)
        row("dissolves: one xfade chain, medium", lambda: chain(files, folder, seconds, "medium"),
            folder / "chain.mp4", joined)  # fmt: skip
        film.write(into="dissolve: 0.5")
        row("dissolves: reelmake", film.build, film.reel, joined)
        digest = hashlib.sha256(film.reel.read_bytes()).hexdigest()
        film.write(into="dissolve: 0.5", title="Hello")
        row("  then a title changed", lambda: film.build(anew=False), film.reel, joined)
        film.write(into="dissolve: 0.5")
        film.build(anew=False)
        film.write(into="dissolve: 0.5", gain=-12)
        row("  then music under it", lambda: film.build(anew=False), film.reel, joined)
        film.write(into="dissolve: 0.5", gain=-15)
        row("  then its gain changed", lambda: film.build(anew=False), film.reel, joined)
        shutil.copy(files[0], film.folder / files[1].name)
        film.write(into="dissolve: 0.5")
        row("  then one shot changed", lambda: film.build(anew=False), film.reel, joined)
        shutil.copy(files[1], film.folder / files[1].name)
        film.build(jobs=4)
        same = hashlib.sha256(film.reel.read_bytes()).hexdigest() == digest
        print(f"2 and 4 workers, made anew: {'the same bytes' if same else 'DIFFERENT BYTES'}")


if __name__ == "__main__":
    main()
