"""--placeholders: what cannot be made is drawn, so that there is a film; said loudly, and never taken for real."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from PIL import Image

from tests.support.desk import Post, post
from tests.support.folder import Ran

pytestmark = pytest.mark.slow

SHOTS = """\
shots:
  a: {prompt: A kite.}
  b: {prompt: A tram., seconds: 2}
  c: {remix: b, prompt: The tram at dusk.}
  d: {prompt: The sea.}
outputs: {cut.mp4: {}, sheet.png: {}}
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    with post(tmp_path / "film", monkeypatch, deterministic=True) as open_:
        open_.board(SHOTS)
        yield open_


def refused(desk: Post, *words: str) -> Ran:
    """A build whose tram offends."""
    desk.board(SHOTS.replace("A tram.,", "A tram., extras: {script: [400-moderation]},"))
    return desk.build(*words)


def test_without_it_there_is_no_film(desk: Post) -> None:
    refused(desk).expect(1, stderr="RM921")
    assert not (desk.root / "build").exists()


def test_the_film_is_as_long_as_it_will_be_and_says_what_is_drawn(desk: Post) -> None:
    ran = refused(desk, "--placeholders", "--json")
    ran.expect(1, stderr="the film has placeholders for b, c")
    made = ran.json

    assert made["placeholders"] == ["b", "c"]
    assert made["error"]["code"] == "RM921"
    assert set(made["outputs"]) == {"build/cut.mp4", "build/sheet.png"}
    assert made["outputs"]["build/cut.mp4"]["frames"] == (1 + 2 + 2 + 1) * 24  # a remix is as long as its source
    assert made["generated"] == 2
    assert desk.orders == 3  # a, b and d; nothing is ordered for what is drawn
    assert made["cost_usd"] == pytest.approx(0.2)


def test_what_was_drawn_is_never_taken_for_the_film(desk: Post) -> None:
    refused(desk, "--placeholders").expect(1)
    drawn = (desk.root / "build" / "cut.mp4").read_bytes()
    lock = (desk.root / "reelmake.lock").read_text()

    assert [line.split()[0] for line in lock.splitlines() if line[:1].isalpha()] == ["a", "d"]
    assert "sketch" not in lock
    plan = desk.run("plan", "--json").expect().json
    assert {j["shot"]: j["verdict"] for j in plan["jobs"]} == {
        "a": "fresh",
        "b": "missing",
        "c": "undecided",
        "d": "fresh",
    }
    desk.board(SHOTS)
    whole = desk.build("--json").expect().json
    assert whole["generated"] == 2
    assert "placeholders" not in whole
    assert (desk.root / "build" / "cut.mp4").read_bytes() != drawn
    assert desk.orders == 5
    desk.build("--placeholders").expect(0, stderr="nothing to do")


def test_one_variant_of_a_matrix_is_drawn_alone(desk: Post) -> None:
    desk.board(
        "matrix: {fault: [pending, 400-moderation]}\nshots:\n  a: {prompt: A kite., extras: {script: ['${fault}']}}\n"
    )

    made = desk.build("--placeholders", "--json").expect(1).json

    (drawn,) = made["placeholders"]
    assert drawn.endswith("/a")
    assert "moderation" in drawn
    assert len(made["outputs"]) == 2
    assert made["generated"] == 1


def test_a_first_frame_is_what_is_shown(desk: Post) -> None:
    Image.new("RGB", (128, 72), (200, 0, 0)).save(desk.root / "red.png")
    desk.board("shots:\n  a: {prompt: A kite., image: red.png, extras: {script: [400-moderation]}}\n")

    desk.build("--placeholders").expect(1)

    with av.open(str(desk.root / "build" / "cut.mp4")) as film:
        first = next(film.decode(video=0)).to_ndarray(format="rgb24")
    red, green, blue = first[40:60, 20:108].reshape(-1, 3).mean(axis=0)
    assert red > 150 > 60 > max(green, blue)


def test_a_take_that_the_film_can_do_without_is_not_ordered_for_it(desk: Post) -> None:
    """Take 1 was refused, and nothing stands in for it: the film shows take 2."""
    desk.board(
        """\
shots:
  a: {prompt: A kite., takes: 2, pick: 2, extras: {script: [400-moderation]}}
  b: {prompt: A tram., extras: {script: [400-moderation*9]}}
"""
    )

    made = desk.build("--placeholders", "--json").expect(1, stderr="the film has placeholders for b").json

    assert (made["placeholders"], made["generated"], desk.orders) == (["b"], 1, 3)
    assert '"2":' in (desk.root / "reelmake.lock").read_text()


def test_a_take_that_is_still_at_its_provider_is_not_ordered_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was ordered and cannot be loaded: it stays open, and a film with placeholders is no reason to pay again."""
    with post(tmp_path / "film", monkeypatch, deterministic=True, faults=("content:500@2-",)) as desk:
        desk.board("shots:\n  a: {prompt: A kite.}\n")
        desk.build().expect()
        desk.board(
            "shots:\n  a: {prompt: A kite., takes: 2}\n  b: {prompt: A tram., extras: {script: [400-moderation*9]}}\n"
        )

        desk.build("--placeholders").expect(1, stderr="the film has placeholders for b")

        assert desk.orders == 3  # a, its take 2, and b
        assert [attempt.remote != "" for attempt in desk.journal.open()] == [True]
