"""Orders of every medium: which of their fields are in their keys, what they cost, what they are called."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from reelmake.model.frame import Size
from reelmake.model.medium import CLIP, MEDIA, SPEECH, STILL, Price, medium_of
from reelmake.model.order import Order
from reelmake.model.step import Step
from reelmake.plan.key import head, key
from tests.support.world import job


def ordered(medium: Any, **rest: Any) -> Order:
    said = {"dialect": "images/1", "model": "m", "prompt": "A kite.", "shot": "k", "provider": "p", "tier": "t"}
    return Order(**{**said, **rest}, medium=medium)


def pairs(order: Order) -> dict[str, str]:
    return dict(head(Step("s", MEDIA[order.medium].kind, order)))


def test_a_still_has_no_length_in_its_key_and_speech_no_size() -> None:
    still = pairs(ordered("still", size=Size(1536, 1024)))
    assert still == {
        "format": "1", "kind": "still", "work": "Order", "dialect": "images/1", "model": "m", "prompt": "A kite.",
        "size": '{"height":1024,"width":1536}', "seed": "null", "variation": "1", "take": "1", "extras": "{}",
        "medium": "still",
    }  # fmt: skip
    speech = pairs(ordered("speech", voice="alloy", style="calm"))
    assert {"voice", "style", "medium"} <= speech.keys()
    assert not {"size", "seconds", "avoid", "operation", "language"} & speech.keys()


def test_a_clip_says_nothing_of_its_medium_in_its_key() -> None:
    clip = dict(head(Step("s", CLIP.kind, job("a kite"))))
    assert (clip["work"], clip["kind"], clip["seconds"], "medium" in clip) == ("Job", "shot", "4", False)


@pytest.mark.parametrize("medium", MEDIA)
def test_the_medium_is_read_back_from_the_manifest(medium: Any) -> None:
    order = job("a kite") if medium == "clip" else ordered(medium)
    assert medium_of(head(Step("s", "x", order))).name == medium


def test_what_differs_in_words_voice_or_medium_is_another_order() -> None:
    first = ordered("speech", voice="alloy")
    others = [replace(first, voice="nova"), replace(first, prompt="A tram."), ordered("music"), ordered("still")]
    keys = {key(Step("s", "x", order), {}) for order in (first, *others)}
    assert len(keys) == 5
    priced = replace(first, price=Price(Decimal(1), "each"), shot="other")
    assert key(Step("s", "x", priced), {}) == key(Step("s", "x", first), {})


def test_each_medium_is_priced_by_its_own_unit() -> None:
    price = {m.name: Price(Decimal("0.5"), m.per) for m in MEDIA.values()}
    assert job("a kite", price=None).cost is None
    assert ordered("still", price=price["still"]).cost == Decimal("0.5")
    assert ordered("speech", prompt="x" * 500, price=price["speech"]).cost == Decimal("0.25")
    assert ordered("music", seconds=Fraction(30), price=price["music"]).cost == 15
    assert ordered("music", price=price["music"]).cost is None


def test_what_a_medium_is_called_in_records() -> None:
    assert [m.kind for m in MEDIA.values()] == ["shot", "still", "speech", "music"]
    assert (CLIP.suffix, STILL.suffix, SPEECH.suffix) == (".mp4", ".png", ".mp3")
