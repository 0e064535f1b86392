"""Whole commands on footage that says something of itself: what is seen and heard of it, what a plan says, and keys."""

from __future__ import annotations

import shlex
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from reelmake.model.frame import Size
from reelmake.model.segment import BodyWork, Piece, VideoFormat
from reelmake.model.step import Input, Step
from reelmake.plan.key import key
from reelmake.session.project import read
from reelmake.session.workspace import Workspace
from tests.support.bytes_of import clean, hidden
from tests.support.folder import Folder
from tests.support.odd import X264, made

HEAD = "reelmake: 1\n"
TWO = "-f lavfi -i testsrc=s=160x90:r=24:d=1 -f lavfi -i sine=f=300:d=1 -f lavfi -i sine=f=900:d=1"


def file(project: Folder, name: str, how: str) -> Path:
    made(*shlex.split(how), str(project.root / name))
    return project.root / name


def board(project: Folder, more: str = "", **files: str) -> None:
    shots = "".join(f"  {shot}: {{file: {path}}}\n" for shot, path in files.items())
    project.storyboard(f"defaults: {{size: 160x90}}\nshots:\n{shots}{more}", head=HEAD)


def pitch(film: Path) -> float:
    """Hertz of what is heard most, 0 = nothing is."""
    with av.open(str(film)) as container:
        wave = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    power = np.abs(np.fft.rfft(wave))
    return float(np.argmax(power)) * 48_000 / len(wave) if np.abs(wave).max() > 0.001 else 0.0


@pytest.mark.slow
def test_sound_of_an_unknown_codec(project: Folder) -> None:
    both = file(project, "two.mp4", f"{TWO} -map 0 -map 1 -map 2 {X264} -pix_fmt yuv420p -c:a aac")
    hide = hidden(b"mp4a", b"esds")
    (project.root / "first.mp4").write_bytes(hide(both.read_bytes()))
    only = file(project, "one.mp4", f"-i {both} -map 0:0 -map 0:1 -c copy")
    (project.root / "only.mp4").write_bytes(hide(only.read_bytes()))

    board(project, x="first.mp4")
    project.run("plan").expect(stdout="audio track 2 of 2, as those before it cannot be decoded")
    project.run("build").expect()
    assert abs(pitch(project.root / "build/cut.mp4") - 900) < 10

    board(project, x="only.mp4")
    project.run("plan").expect(stdout="x: conformed for cut.mp4: audio cannot be decoded, silence added")
    project.run("build").expect()
    assert pitch(project.root / "build/cut.mp4") == 0

    board(project, "sound: {music: {file: only.mp4}}\n", x="two.mp4")
    project.run("check").expect(2, stderr="the sound of only.mp4 is of a kind that cannot be decoded here")


@pytest.mark.slow
def test_a_clean_aperture_is_not_carried_into_the_film(project: Folder) -> None:
    rim = "color=red:s=160x90:r=24:d=1,drawbox=x=20:y=0:w=120:h=90:color=gray:t=fill"
    plain = file(project, "rim.mp4", f"-f lavfi -i {rim} {X264} -pix_fmt yuv420p")
    (project.root / "x.mp4").write_bytes(clean(120, 90)(plain.read_bytes()))
    file(project, "blue.mp4", f"-f lavfi -i color=blue:s=160x90:r=24:d=1 {X264} -pix_fmt yuv420p")
    outputs = "outputs: {cut.mp4: {fit: pad}, big.mp4: {size: 320x180, fit: pad}, sheet.png: {}}\n"
    board(project, outputs, x="x.mp4", y="blue.mp4")
    told = (
        project.run("plan").expect(stdout="x: conformed for cut.mp4: cropped to 120x90, as the file specifies").stdout
    )
    assert "cut.mp4: 1 of 2 clips copied as they are, 1 encoded: it is shown cropped to 120x90 (x)" in told
    steps = read(Workspace(project.root / "storyboard.yaml")).layout.graph.steps.values()
    assert {(i.file, i.read) for s in steps if s.order is None for i in s.inputs if i.file} == {
        ("x.mp4", "aperture 120x90+20+0"),
        ("blue.mp4", ""),
    }
    project.run("build").expect()

    for name, size in (("cut.mp4", (160, 90)), ("big.mp4", (320, 180)), ("sheet.png", None)):
        made_ = project.root / "build" / name
        assert b"clap" not in made_.read_bytes()
        with av.open(str(made_)) as container:
            frames = [frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(video=0)]
        red = [int(((f[..., 0] > 150) & (f[..., 1] < 100)).sum()) for f in frames]
        assert max(red) == 0
        if size:
            assert (frames[0].shape[1], frames[0].shape[0]) == size
            assert frames[0][size[1] // 2, size[0] // 16].max() < 30  # black bars beside it
            assert frames[-1][5, 5, 2] > 200


@pytest.mark.slow
def test_a_matroska_that_is_cut_off(project: Folder) -> None:
    whole = file(project, "x.mkv", f"{TWO} {X264} -c:a aac").read_bytes()
    board(project, x="x.mkv")
    project.run("check").expect()
    (project.root / "x.mkv").write_bytes(whole[: len(whole) * 6 // 10])
    project.run("check").expect(2, stderr="RM610").expect(2, stderr="x.mkv is cut off: it is")


def test_what_is_seen_of_a_file_is_in_the_keys_of_local_work_alone() -> None:
    picture = VideoFormat(Size(160, 90), Fraction(24), 18, "medium")
    step = Step("s", "segment", BodyWork(Piece(0, 24, "pad"), picture), (Input("clip", file="x.mp4"),))
    cropped = Step("s", "segment", step.work, (Input("clip", file="x.mp4", read="aperture 120x90+20+0"),))
    digests = {"clip": "d" * 64}
    assert key(step, digests) != key(cropped, digests)
    assert key(step, digests) == key(Step("s", "segment", step.work, (Input("clip", file="y.mp4", read=""),)), digests)
