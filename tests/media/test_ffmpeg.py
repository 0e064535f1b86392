"""Finding ffmpeg and running it: whole files or none, and complaints a person can use."""

import subprocess
from pathlib import Path

import pytest

from reelmake.errors import LocalTool
from reelmake.media import ffmpeg

GRAY = ["-f", "lavfi", "-i", "color=gray:s=32x32:r=24:d=1"]


@pytest.fixture
def fresh():  # type: ignore[no-untyped-def]
    """Nothing is remembered of the ffmpeg that was found before, or after."""
    found = (ffmpeg.program, ffmpeg.version, ffmpeg.shortcomings)
    for function in found:
        function.cache_clear()
    yield
    for function in found:
        function.cache_clear()


def script(folder: Path, text: str) -> Path:
    file = folder / "ffmpeg"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def test_it_is_able() -> None:
    assert ffmpeg.version()
    assert ffmpeg.shortcomings(ffmpeg.program()) == ()


def test_a_named_program_wins(fresh: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELMAKE_FFMPEG", str(script(tmp_path, "echo ffmpeg version 8.1-mine")))
    assert ffmpeg.program() == str(tmp_path / "ffmpeg")
    assert ffmpeg.version() == "8.1-mine"
    monkeypatch.setenv("REELMAKE_FFMPEG", str(tmp_path / "none"))
    ffmpeg.program.cache_clear()
    with pytest.raises(LocalTool, match="REELMAKE_FFMPEG names"):
        ffmpeg.program()


@pytest.mark.parametrize(
    "text", ["echo ffmpeg version 5.1.9-0+deb12u1", "echo ffmpeg version 7.1", "echo something else", "exit 3"]
)
def test_a_system_ffmpeg_that_is_not_able_is_passed_over(
    fresh: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    found = script(tmp_path, text)
    monkeypatch.delenv("REELMAKE_FFMPEG", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert ffmpeg.shortcomings(str(found))
    assert ffmpeg.program() != str(found)


def test_the_wheels_is_found_without_starting_it(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    import imageio_ffmpeg

    theirs = imageio_ffmpeg.get_ffmpeg_exe()
    imageio_ffmpeg._utils._get_ffmpeg_exe.cache_clear()  # or it would remember that it has started it
    monkeypatch.delenv("REELMAKE_FFMPEG", raising=False)
    monkeypatch.setenv("PATH", "")
    with monkeypatch.context() as without:
        without.setattr(subprocess, "run", None)
        without.setattr(imageio_ffmpeg._utils, "_is_valid_exe", None)
        assert ffmpeg.program() == theirs
    ffmpeg.program.cache_clear()
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/opt/other/ffmpeg")  # the wheel's own way to say which
    assert ffmpeg.program() == "/opt/other/ffmpeg"


def test_a_whole_file_and_progress(tmp_path: Path) -> None:
    told: list[float | None] = []
    into = tmp_path / "a.mp4"
    ffmpeg.run([*GRAY, "-f", "mp4", str(into)], into, frames=24, tell=lambda fraction, word: told.append(fraction))
    assert into.stat().st_size > 500
    assert told[-1] == 1.0
    assert [f.name for f in tmp_path.iterdir()] == ["a.mp4"]


def test_a_failure_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    into = tmp_path / "a.mp4"
    into.write_text("what was there before")
    with pytest.raises(LocalTool, match="nosuchfilter"):
        ffmpeg.run([*GRAY, "-vf", "nosuchfilter", "-f", "mp4", str(into)], into)
    assert into.read_text() == "what was there before"
    assert [f.name for f in tmp_path.iterdir()] == ["a.mp4"]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    into = tmp_path / "no" / "a.mp4"
    with pytest.raises(LocalTool, match="No such file"):
        ffmpeg.run([*GRAY, "-f", "mp4", str(into)], into)


def test_a_full_disk(tmp_path: Path) -> None:
    into = tmp_path / "a.raw"
    (tmp_path / ".a.raw.part").symlink_to("/dev/full")
    with pytest.raises(LocalTool, match="No space left"):
        ffmpeg.run([*GRAY, "-f", "rawvideo", str(into)], into)
    assert not into.exists()


def test_one_that_gets_nowhere_is_ended(fresh: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELMAKE_FFMPEG", str(script(tmp_path, "while :; do echo frame=1; sleep 0.1; done")))
    monkeypatch.setattr(ffmpeg, "PATIENCE", 0.5)
    with pytest.raises(LocalTool, match="made no progress for"):
        ffmpeg.measure(["-f", "null", "-"])


def test_every_input_is_held_to_its_kind_and_to_files() -> None:
    given = ["-ss", "3", "-i", "a:b%03d.mp4", "-f", "lavfi", "-t", "1", "-i", "color", "-i", "-x.png", "out.mp4"]
    made = ffmpeg._closed(given)
    assert [made[n + 1] for n, word in enumerate(made) if word == "-i"] == ["file:a:b%03d.mp4", "color", "file:-x.png"]
    rules = [made[n + 1] for n, word in enumerate(made) if word == "-protocol_whitelist"]
    assert rules == ["file", "file"]
    assert made[made.index("file:-x.png") - 2] == "png_pipe"  # ours, and no row of numbered pictures
    kinds = {word for n, word in enumerate(made) if made[n - 1] == "-format_whitelist"}
    assert len(kinds) == 1
    assert not {"hls", "concat", "sdp", "dash", "image2", "lavfi", "tty", "rtsp"} & set(kinds.pop().split(","))


def test_what_it_says_of_itself_is_asked_once_for_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    asked: list[str] = []

    def ask(path: str, question: str) -> str:
        asked.append(question)
        return f"answer {len(asked)}\n"

    monkeypatch.setattr(ffmpeg, "_ask", ask)
    program = tmp_path / "ffmpeg-8"
    program.write_bytes(b"\x7fELF")

    assert [ffmpeg._told(str(program), "-version") for _ in range(2)] == ["answer 1\n"] * 2
    assert ffmpeg._told(str(program), "-filters") == "answer 2\n"
    program.write_bytes(b"\x7fELF, another")
    assert ffmpeg._told(str(program), "-version") == "answer 3\n"
    for note in (tmp_path / "cache" / "reelmake").iterdir():
        note.write_bytes(b"\xff\xfe damaged")
    assert ffmpeg._told(str(program), "-version") == "answer 4\n"


@pytest.mark.parametrize("name", ["ffmpeg", "snap"])
def test_what_may_start_another_program_is_asked_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    asked: list[str] = []
    monkeypatch.setattr(ffmpeg, "_ask", lambda path, question: asked.append(path) or "said")
    (tmp_path / name).write_text("#!/bin/sh\n" if name == "ffmpeg" else "\x7fELF")
    called = tmp_path / "bin" / "ffmpeg"
    called.parent.mkdir()
    called.symlink_to(tmp_path / name)

    assert [ffmpeg._told(str(called), "-version") for _ in range(2)] == ["said", "said"]
    assert len(asked) == 2
