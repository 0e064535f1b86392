"""Who is heard saying a line: laid over the clip, sent to its model, or told in its prompt."""

from __future__ import annotations

import pytest

from reelmake.model.order import Slate
from tests.compile.casebook import Case

BOARD = """\
reelmake: 1
providers:
  studio: {kind: openai-videos, base_url: "http://localhost:8000/v1", models: {mute: {price: 0.1}, loud: {talks: true}}}
  lips: {kind: lips, base_url: "http://localhost:8000/v1"}
tiers:
  mute: {provider: studio, model: mute}
  loud: {provider: studio, model: loud}
  dubbed: {provider: lips, model: d}
  lips: {provider: lips, model: l}
voices: {narrator: {voice: alloy}, girl: {voice: nova}}
defaults: {voice: narrator}
style: Film noir
characters: {maya: {look: a girl of nine, voice: girl}}
shots:
  a: {prompt: A roof., tier: TIER, say: [It is early., {maya: "Come on!"}, {girl: She runs.}]}
"""


def slates(text: str) -> dict[str, Slate]:
    found = Case(text).compile()
    assert found.ok, found.diagnostics
    return dict(found.variants[0].slates)


@pytest.mark.parametrize(
    ("tier", "aloud", "sent"),
    [("mute", (), ()), ("loud", ("a.say.2",), ()), ("dubbed", ("a.say.2",), ("a.say.2",)), ("sketch", (), ())],
)
def test_only_who_is_seen_speaks_in_the_clip(tier: str, aloud: tuple[str, ...], sent: tuple[str, ...]) -> None:
    found = slates(BOARD.replace("TIER", tier))["a"]
    assert (found.aloud, found.sent) == (aloud, sent)


def test_a_model_that_talks_is_told_the_words() -> None:
    told = slates(BOARD.replace("TIER", "loud"))["a"].orders[0].prompt
    assert told == 'A roof. Maya says: "Come on!". Film noir'
    assert slates(BOARD.replace("TIER", "mute"))["a"].orders[0].prompt == "A roof. Film noir"


def test_lips_are_sent_who_is_seen_speaking_or_all_that_is_said() -> None:
    lips = "  b: {lipsync: a, tier: lips}\n  d: {lipsync: c, tier: lips}\n"
    lips += "  c: {prompt: A hill., tier: mute, say: It is late.}\n"
    found = slates(BOARD.replace("TIER", "mute") + lips)
    assert (found["b"].sent, found["d"].sent) == (("a.say.2",), ("c.say",))
    own = "  b: {lipsync: a, tier: lips, say: {maya: We stay.}}\n"
    assert slates(BOARD.replace("TIER", "mute") + own)["b"].sent == ("b.say",)


def test_what_shows_the_same_clip_says_the_same_aloud() -> None:
    more = "  b: {upscale: a, tier: sketch}\n  c: {remix: a, tier: loud, prompt: Night.}\n"
    found = slates(BOARD.replace("TIER", "loud") + more)
    assert (found["b"].aloud, found["b"].sent, found["c"].aloud) == (("a.say.2",), (), ())
