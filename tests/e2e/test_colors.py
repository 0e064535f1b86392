"""Shots of nothing but a colour: free, as long as they say, in every output, and what may hang on them."""

from __future__ import annotations

import av
import pytest

from tests.support.folder import Folder
from tests.support.pictures import png

pytestmark = pytest.mark.slow

BOARD = """\
shots:
  card: {color: "#102840", seconds: 1}
  park: {continue: card, prompt: A park at dawn., seconds: 1}
cut:
  - {shot: card, into: {dissolve: 0.25}}
  - {shot: park, insets: [{shot: card, size: 20, shape: "1:1", corner: top-left}]}
  - {shot: card, fit: pad}
outputs: {cut.mp4: {slate: false}, tall.mp4: {size: 90x160, fit: pad}, sheet.png: {}}
"""


def test_a_colour_is_a_shot_that_costs_nothing(project: Folder) -> None:
    project.storyboard(BOARD, head="reelmake: 1\ndefaults: {size: 160x90}\n")
    plan = project.run("plan", "--json").expect(0).json
    assert [job["shot"] for job in plan["jobs"]] == ["park"]

    made = project.run("build", "--json").expect(0).json["outputs"]
    assert {made[path]["frames"] for path in ("build/cut.mp4", "build/tall.mp4")} == {24 + 24 + 24 - 6}
    for path in ("build/cut.mp4", "build/tall.mp4"):
        with av.open(str(project.root / path)) as film:
            frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
        for n in (2, 60):  # all of it, whatever the shape of the output
            assert abs(frames[n].astype(int) - (16, 40, 64)).max() <= 6
    assert abs(frames[40][12:16, 8:12].astype(int) - (16, 40, 64)).max() <= 12  # the inset
    assert "card  0:00.0, 0:01.8  color  #102840" in project.run("status").expect(0).stdout


def test_there_is_no_other_take_of_it(project: Folder) -> None:
    project.storyboard(BOARD, head="reelmake: 1\ndefaults: {size: 160x90}\n")
    assert '"card" is a plain color' in project.run("retake", "card").expect(2, stderr="RM707").stderr


@pytest.mark.parametrize("fps", ["12", "5"])
def test_a_picture_is_seen_at_a_low_rate_too(project: Folder, fps: str) -> None:
    """ffmpeg takes a picture for a 25th of a second, which is less than half a frame of such a film."""
    project.write("photo.png", png(80, 60))
    project.storyboard(
        "shots:\n  card: {color: teal, seconds: 1}\n  photo: {file: photo.png, seconds: 1, move: in}\n",
        head=f"reelmake: 1\nfps: {fps}\ndefaults: {{size: 64x36}}\n",
    )
    assert project.build()["outputs"]["build/cut.mp4"]["frames"] == 2 * int(fps)
