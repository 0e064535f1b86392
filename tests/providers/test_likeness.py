"""The one rule by which a job is told to be an order, or not; the search and `jobs adopt` both keep to it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from reelmake.model.medium import MEDIA, MediumName
from reelmake.model.remote import Asked, PromptMatch, RemoteJob, same_model
from reelmake.plan.ambiguity import asked
from reelmake.plan.reconcile import differences
from reelmake.providers.openai_videos.search import Match, SoughtOrder
from tests.support import atelier
from tests.support.exchange import AT, answer, attempt

LONG = "A child flies a kite over the roofs of Lisbon. " * 20
ORDER = {"prompt": LONG, "model": "wan2.1-t2v"}


def judged(asked: dict[str, str], **job: object) -> tuple[Match, list[str]]:
    """What the search says of a job created just after the order, and in what `jobs adopt` finds it to differ."""
    ordered = attempt("2026-09-21T14:13:20Z", asked, "2026-09-21T14:13:20Z")
    wanted = SoughtOrder.of(ordered, answer(headers={"date": "Mon, 21 Sep 2026 14:13:20 GMT"}))
    told = {"prompt": asked["prompt"], "model": asked["model"], **job}
    listed = RemoteJob("id", prompt=str(told["prompt"]), model=str(told["model"]))
    return wanted.judge({"id": "id", "created_at": AT + 2, **told}), differences(ordered, listed)


@pytest.mark.parametrize(
    ("theirs", "same"),
    [
        ("wan2.1-t2v", True),
        ("WAN2.1-T2V", True),
        ("acme/wan2.1-t2v", True),
        ("wan2.1-t2v-2025-10-06", True),
        ("wan2.1-t2v-20251006", True),
        ("wan2.1-t2v-14b", False),
        ("wan2.1-t2v-14", False),
        ("wan2.1-t2v-2025", False),
        ("wan2.1-t2v-720p", False),
        ("wan2.1-t2v-20251399", False),
        ("wan2.1-t2v-2025-13-01", False),
        ("wan2.1-t2v-2025-1006", False),
        ("wan2.1-t2v-12345678", False),
        ("wan2.1-t2v-2025-W41-1", False),
        ("wan2.1", False),
        ("", False),
    ],
)
def test_a_model_is_the_same_or_a_dated_version_of_it(theirs: str, same: bool) -> None:
    assert same_model(theirs, "wan2.1-t2v") is same


def test_a_job_of_another_model_is_not_taken_for_the_order() -> None:
    verdict, differ = judged(ORDER, model="wan2.1-t2v-14b")
    assert verdict is Match.PERHAPS
    assert differ == ["its model is wan2.1-t2v-14b, not wan2.1-t2v"]
    assert judged(ORDER, model="wan2.1-t2v-2025-10-06") == (Match.YES, [])


@pytest.mark.parametrize("cut", [LONG[:500], LONG[:120] + "…", LONG[:120] + "...", LONG[:121].rstrip() + " …"])
def test_a_prompt_that_was_cut_off_is_perhaps_the_order_and_differs_in_nothing(cut: str) -> None:
    assert judged(ORDER, prompt=cut) == (Match.PERHAPS, [])


@pytest.mark.parametrize("other", [LONG[:120], "B" + LONG[1:500], "…", LONG[:500] + "?"])
def test_another_prompt_is_another_job(other: str) -> None:
    verdict, differ = judged(ORDER, prompt=other)
    assert (verdict, len(differ)) == (Match.NO, 1)


def test_space_is_compared_as_a_reader_sees_it() -> None:
    asked = {"prompt": "A kite.\nA tower.", "model": "m1"}
    assert judged(asked, prompt="A kite.\r\nA tower. ") == (Match.YES, [])


def test_what_is_not_said_differs_in_nothing_and_proves_nothing() -> None:
    asked = Asked.of(attempt("", ORDER).order)
    assert asked is not None
    assert asked.words("") is PromptMatch.UNSAID
    assert asked.differences() == []
    assert asked.differences(seconds=Fraction(9)) == ["it is 9 s long, not 8"]
    assert Asked.of('{"prompt": "A kite."}') is None


@pytest.mark.parametrize("medium", MEDIA)
def test_an_order_of_any_medium_is_on_record(medium: MediumName) -> None:
    order = atelier.ordered(medium, "A kite.")
    found = Asked.of(asked(order))
    assert found is not None
    assert (found.size, found.seconds) == ("" if order.size is None else str(order.size), order.seconds)
    assert found.differences(prompt="A kite.", size=found.size, seconds=found.seconds) == []
    told = found.differences(prompt="A tram.", size="1x1", seconds=Fraction(99))
    assert len(told) == 1 + (order.size is not None) + (order.seconds is not None)
