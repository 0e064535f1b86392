"""A folder from a stranger: whatever a storyboard names, and whatever that is, no file outside of it is read or shown.

Every place where a path may stand, with every way out of the folder. In this process, with an alarm: nothing waits.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reelmake.diagnostics import Diagnostic, draw
from reelmake.errors import Mistake
from reelmake.model.wish import Overrides
from reelmake.session.project import read
from reelmake.session.workspace import Workspace
from tests.support.folder import Folder

SECRET = "hunter2: *x"
HEAD = "reelmake: 1\n"
SHOT = HEAD + "shots:\n  a: {prompt: A kite.}\n"
PAID = (
    HEAD
    + "providers: {p: {kind: openai-videos, base_url: 'http://127.0.0.1:9/v1'}}\n"
    + "tiers: {t: {provider: p, model: m, price: 0}}\n"
)
PLACES = {
    "include": (HEAD + "include: NAME\nshots: {a: {prompt: A kite.}}\n", "x.yaml"),
    "include of a list": (HEAD + "include: [NAME]\nshots: {a: {prompt: A kite.}}\n", "x.yaml"),
    "matrix": (HEAD + "matrix: NAME\nshots: {a: {prompt: A kite.}}\n", "x.csv"),
    "a vendor": (HEAD + "providers: {p: {kind: NAME}}\nshots: {a: {prompt: A kite.}}\n", "x.yaml"),
    "captions": (SHOT + "captions: {file: NAME}\n", "x.srt"),
    "font of captions": (SHOT + "captions: {burn: true, font: NAME}\n", "x.ttf"),
    "font of a title": (SHOT + "cut: [{shot: a, title: {text: T, font: NAME}}]\n", "x.ttf"),
    "watermark": (SHOT + "watermark: {image: NAME}\n", "x.png"),
    "look of all": (SHOT + "defaults: {look: NAME}\n", "x.cube"),
    "look of an entry": (SHOT + "cut: [{shot: a, look: NAME}]\n", "x.cube"),
    "a logo": (SHOT + "cut: [{shot: a, title: {text: T, logo: NAME}}]\n", "x.png"),
    "a logo of several": (SHOT + "cut: [{shot: a, titles: [{text: T}, {text: U, logo: NAME}]}]\n", "x.png"),
    "look": (HEAD + "shots: {a: {prompt: A kite., look: NAME}}\n", "x.cube"),
    "footage": (HEAD + "shots: {a: {file: NAME}}\n", "x.mov"),
    "a photo": (HEAD + "shots: {a: {file: NAME, seconds: 1}}\n", "x.png"),
    "first image": (PAID + "shots: {a: {prompt: A kite., tier: t, image: NAME}}\n", "x.png"),
    "last image": (PAID + "shots: {a: {prompt: A kite., tier: t, last_image: NAME}}\n", "x.png"),
    "a character": (HEAD + "characters: {kit: {look: a cat, image: NAME}}\nshots: {a: {prompt: '${kit}'}}\n", "x.png"),
    "music": (SHOT + "sound: {music: {file: NAME}}\n", "x.wav"),
    "a track": (SHOT + "sound: {tracks: [{file: NAME}]}\n", "x.wav"),
    "a variable": (HEAD + "vars: {v: NAME}\nshots: {a: {file: '${v}'}}\n", "x.mov"),
    "a row": (HEAD + "matrix: {v: [NAME]}\nshots: {a: {file: '${v}'}}\n", "x.mov"),
    "a profile": (SHOT + "profiles: {web: {watermark: {image: NAME}}}\n", "x.png"),
}


def _linked(to: str) -> Callable[[Path, str], str]:
    def way(root: Path, name: str) -> str:
        (root / name).symlink_to(to)
        return name

    return way


def _folder(root: Path, name: str) -> str:
    (root / "media").symlink_to("../outside")
    (root / "../outside" / name).write_text(SECRET)
    return f"media/{name}"


def _pipe(root: Path, name: str) -> str:
    os.mkfifo(root / name)
    return name


def _plain(template: str) -> Callable[[Path, str], str]:
    return lambda root, name: template.replace("NAME", name).replace("ROOT", str(root))


def _git(root: Path, name: str) -> str:
    (root / ".git").mkdir()
    (root / ".git" / name).write_text(SECRET)
    return f".git/{name}"


WAYS: dict[str, tuple[Callable[[Path, str], str], set[str]]] = {
    "a link": (_linked("../outside/secret"), {"RM613"}),
    "the environment": (_linked("/proc/self/environ"), {"RM613"}),
    "an endless device": (_linked("/dev/zero"), {"RM613"}),
    "a linked folder": (_folder, {"RM613"}),
    "a pipe": (_pipe, {"RM614"}),
    "a circle": (lambda root, name: (root / name).symlink_to(name) or name, {"RM614"}),
    "a folder": (lambda root, name: (root / name).mkdir() or name, {"RM614"}),
    "a name that is too long": (_plain("x" * 300 + "NAME"), {"RM614"}),
    "a folder in a circle": (lambda root, name: (root / "f").symlink_to("f") or f"f/{name}", {"RM614"}),
    "dots": (_plain("../outside/NAME"), {"RM604"}),
    "dots inside": (_plain("a/../../outside/NAME"), {"RM604"}),
    "absolute": (_plain("ROOT/../outside/NAME"), {"RM603"}),
    "home": (_plain("~/NAME"), {"RM603"}),
    "an address": (_plain("file:///etc/NAME"), {"RM603"}),
    "git": (_git, {"RM606"}),
    "state": (_plain(".reelmake/NAME"), {"RM606"}),
}


@pytest.fixture(autouse=True)
def alarm() -> Iterator[None]:
    def ring(*_: object) -> None:
        raise TimeoutError("something waited")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def judged(root: Path, profile: str = "") -> list[Diagnostic]:
    """What `check` says."""
    project = read(Workspace(root / "storyboard.yaml", Overrides(profile)))
    if project.script.ok:
        try:
            _ = project.layout
        except Mistake as error:
            return list(error.diagnostics)
    return list(project.script.diagnostics)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("place", PLACES)
def test_no_path_leads_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, way: str) -> None:
    root = tmp_path / "film"
    root.mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret").write_text(SECRET)
    monkeypatch.setenv("PLANTED", "hunter2")
    monkeypatch.chdir(root)
    board, name = PLACES[place]
    made, codes = WAYS[way]
    (root / "storyboard.yaml").write_text(board.replace("NAME", made(root, name)))

    found = judged(root, "web" if place == "a profile" else "")

    assert {d.code for d in found if d.severity == "error"} & codes, [draw(d) for d in found]
    assert all(d.span is not None for d in found if d.code in codes)
    assert "hunter2" not in "".join(draw(d) for d in found)


@pytest.mark.parametrize("name", ["storyboard.yaml", "reelmake.lock"])
@pytest.mark.parametrize("way", ["a link", "the environment", "an endless device", "a pipe"])
def test_nor_do_the_files_that_are_read_unasked(project: Folder, way: str, name: str) -> None:
    project.env["PLANTED"] = "hunter2"
    project.storyboard("shots:\n  a: {prompt: A kite.}\n")
    project.write("../outside/secret", SECRET)
    (project.root / name).unlink(missing_ok=True)
    WAYS[way][0](project.root, name)
    ran = project.run("check", *(["-f", "storyboard.yaml"] if name == "storyboard.yaml" and way != "a pipe" else []))
    assert ran.code == 2
    assert "hunter2" not in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_link_that_the_owner_of_the_machine_allows_is_footage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, disk = tmp_path / "film", tmp_path / "disk"
    root.mkdir()
    disk.mkdir()
    (disk / "x.csv").write_text("name\none\n")
    (root / "x.csv").symlink_to(disk / "x.csv")
    (root / "storyboard.yaml").write_text(HEAD + "matrix: x.csv\nshots: {a: {prompt: A kite.}}\n")
    assert [d.code for d in judged(root)] == ["RM613"]
    monkeypatch.setenv("REELMAKE_LINKS", str(disk))
    assert judged(root) == []


@pytest.mark.slow
@pytest.mark.parametrize("way", ["reelmake", "python -m reelmake"])
def test_no_code_of_the_folder_is_run(project: Folder, way: str) -> None:
    """Workers begin in the project, where Python would look for modules first."""
    project.storyboard("shots: {a: {prompt: A kite.}}\n")
    canary = project.root.parent / "canary"
    names = {"av", "numpy", "PIL", "json", "yaml", "httpx", "networkx", "jsonschema", "rich", "sitecustomize"}
    for name in names | ({"reelmake"} if way == "reelmake" else set()):
        project.write(f"{name}/__init__.py", f"open({str(canary)!r}, 'a').write('{name} ')\nraise ImportError\n")
    begin = (
        [str(Path(sys.executable).with_name("reelmake"))] if way == "reelmake" else [sys.executable, "-m", "reelmake"]
    )
    ran = subprocess.run([*begin, "build"], cwd=project.root, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert not canary.exists(), canary.read_text()


def git(root: Path, *words: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    return subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True, text=True).stdout


@pytest.mark.slow
def test_git_leaves_the_state_alone(project: Folder) -> None:
    project.storyboard("shots: {a: {prompt: A kite.}}\n")
    git(project.root, "init", "-q")
    git(project.root, "add", "-A")
    git(project.root, "commit", "-qm", "film")
    project.build()
    assert ".reelmake" not in git(project.root, "status", "--short", "--untracked-files=all")
    git(project.root, "add", "-A")
    git(project.root, "stash", "-uq")
    git(project.root, "clean", "-fdq")
    assert project.build()["generated"] == 0
    git(project.root, "add", "-A")
    assert ".reelmake" not in git(project.root, "ls-files")


COMMANDS = [
    ["build"], ["build", "--locked"], ["build", "--dry-run"], ["plan"], ["check"], ["status"], ["takes"], ["log"],
    ["explain", "a"], ["graph"], ["jobs", "ls"], ["pick", "a", "1"], ["retake", "a"], ["cache", "ls"],
    ["cache", "gc", "--delete"], ["cache", "verify"], ["shoot", "A kite."], ["log", "last"], ["diff", "HEAD"],
]  # fmt: skip


@pytest.mark.slow
def test_no_command_takes_a_state_from_a_commit(project: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor the quick way out, which prints what a record of the state says."""
    project.storyboard("shots: {a: {prompt: A kite.}}\n")
    project.build()
    project.run("build").expect(0, stderr="nothing to do")
    git(project.root, "init", "-q")
    git(project.root, "add", "-f", ".reelmake/fresh", "storyboard.yaml")
    for words in COMMANDS:
        told = project.run(*words).expect(3, stderr="error[RM964]: git tracks .reelmake/fresh/")
        assert "nothing to do" not in told.stderr
    git(project.root, "rm", "-rq", "--cached", ".reelmake")
    project.run("build").expect(0)


@pytest.mark.slow
@pytest.mark.parametrize("link", [".reelmake", ".reelmake/store", ".reelmake/tmp", ".reelmake/journal"])
def test_nothing_outside_is_emptied_deleted_or_written(project: Folder, link: str) -> None:
    project.storyboard("shots: {a: {prompt: A kite.}}\n")
    project.build()
    outside = project.write("../outside/tmp/mine", "mine").parents[1]
    for name in ("store/ab/mine", "takes/ab/mine.json", "journal"):
        project.write(f"../outside/{name}", "mine")
    place = project.root / link
    if place.is_dir():
        shutil.rmtree(place)
    place.unlink(missing_ok=True)
    place.symlink_to(outside / "journal" if link.endswith("journal") else outside)
    for words in (["build"], ["cache", "gc", "--paid", "--delete"], ["cache", "verify", "--forget"], ["retake", "a"]):
        project.run(*words).expect(3, stderr="error[RM963]")
    assert sorted(file.read_text() for file in outside.rglob("*") if file.is_file()) == ["mine"] * 4


@pytest.mark.slow
@pytest.mark.parametrize("name", [".gitignore", ".gitattributes", ".github", "storyboard.yaml"])
def test_init_writes_through_no_link(project: Folder, name: str) -> None:
    outside = project.root.parent / "outside"
    outside.mkdir()
    (project.root / name).symlink_to(outside if name == ".github" else outside / "new")
    ran = project.run("init")
    assert list(outside.iterdir()) == []
    assert ran.code == {".github": 3, "storyboard.yaml": 2}.get(name, 0)
