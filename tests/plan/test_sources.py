"""Which sources of a plan are gone, and what each way out costs; what a plan says of orders that came to nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reelmake.model.provider import Capabilities
from reelmake.model.step import Input, Step
from reelmake.model.take import Ending, Facts, Take
from reelmake.plan.decide import Evidence, Plan, Verdict, decide
from reelmake.plan.key import key
from reelmake.plan.refusals import without_result
from reelmake.plan.sources import absent, marked, reason, refusal, sources, ways
from reelmake.plan.step_graph import graph
from tests.support.world import mix, shot

NOW = "2026-11-21T12:00:00+00:00"
SOURCE = Input("source", step="shot:park")
PARK = shot("park", "a kite")
KIND = Capabilities("studio", "fake/1", operations=frozenset({"generate", "remix", "extend"}), uploads=True)


def take(provider: str = "studio", remote: str = "job-1", expires: str = "") -> Take:
    facts = Facts(4)
    return Take(key(PARK, {}), "d" * 64, "shot", ".mp4", facts, provider=provider, remote=remote, expires=expires)


def planned(*steps: Step, of: Take | None = None) -> Plan:
    """A plan in which the park is made, if there is a take `of` it."""
    given = graph([PARK, *steps])
    there = {of.key: of} if of else {}
    everything = list(given.steps)
    return decide(given, everything, Evidence(there.get, there.get, file_digest=lambda path: path, locked={}))


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (take(), ""),
        (take(expires="2026-11-22T00:00:00+00:00"), ""),
        (take(expires="2026-11-21T11:59:59+00:00"), "it expired there on 2026-11-21"),
        (take(provider="lab"), "it was made at lab"),
        (take(remote=""), "its id there is known only where it was made"),
        (take(remote="job-9"), "studio says so"),
        (None, "it was not made at studio"),
    ],
)
def test_what_is_certainly_gone_without_asking(made: Take | None, why: str) -> None:
    assert absent("studio", made, NOW, {("studio", "job-9"), ("lab", "job-1")}) == why


def test_only_what_would_be_ordered_now_is_looked_at() -> None:
    dusk = shot("dusk", "at dusk", SOURCE, operation="remix")
    local = shot("draft", "at dusk", SOURCE, operation="remix", provider="sketch", maker="sketch:draw")
    plain = shot("plain", "from it", Input("image", step="shot:park"))
    later = shot("later", "at night", Input("source", step="shot:dusk"), operation="remix")
    assert [s.step.id for s in sources(planned(dusk, local, plain, later, of=take()), NOW, ())] == ["shot:dusk"]
    assert sources(planned(dusk), NOW, ()) == []  # the park is not made yet: then it will be there


def test_every_way_out_has_its_price() -> None:
    dusk = shot("dusk", "at dusk", SOURCE, operation="remix", price="2")
    after = shot("after", "it lands", SOURCE, operation="extend")
    local = mix("cut", "cut", Input("clip", step="shot:after"))
    plan = planned(dusk, after, local, of=take(remote=""))
    found = {s.step.id: ways(s, plan, KIND) for s in sources(plan, NOW, ())}
    assert [(w.policy, w.cost) for w in found["shot:dusk"]] == [
        ("upload", Decimal(8)),
        ("continue", Decimal(8)),
        ("regenerate", Decimal(16)),  # the park, the dusk, and what else depends on the park
    ]
    assert [w.policy for w in found["shot:after"]] == ["upload", "regenerate"]


def test_what_a_kind_cannot_do_is_no_way() -> None:
    dusk = shot("dusk", "at dusk", SOURCE, operation="remix", price=None)
    plan = planned(dusk, of=take(provider="lab"))
    source = sources(plan, NOW, ())[0]
    found = ways(source, plan, Capabilities("plain", "plain/1", image=False))
    assert [(w.policy, w.cost) for w in found] == [("regenerate", None)]


def test_stop_names_the_others_and_a_choice_names_itself() -> None:
    stops = shot("dusk", "at dusk", SOURCE, operation="remix")
    plan = planned(stops, of=take(remote=""))
    source = sources(plan, NOW, ())[0]
    given = ways(source, plan, KIND)
    assert reason(source, given).endswith("; if_gone: upload $4.00, if_gone: continue $4.00, if_gone: regenerate $8.00")
    error = refusal(source, given, None, 2)
    assert (error.code, error.exit_status, len(error.next_steps)) == ("RM810", 3, 3)
    assert "; the same goes for 2 more; nothing was spent" in str(error)
    chosen = shot("dusk", "at dusk", SOURCE, operation="remix", if_gone="upload")
    plan = planned(chosen, of=take(remote=""))
    source = sources(plan, NOW, ())[0]
    told = marked(plan, {"shot:dusk": reason(source, ways(source, plan, KIND))}).decisions["shot:dusk"].reason
    assert told.endswith("`if_gone: upload`: send the clip itself")
    assert told.startswith("never made; its source is not available at studio")


# Orders that came to nothing

AT = "2026-11-21T10:00:00+00:00"


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        (
            Ending("moderated", "a likeness", AT, Decimal("0.48")),
            "its last order was refused by moderation on 2026-11-21 ($0.48 maybe charged): a likeness",
        ),
        (Ending("refused", "", AT, Decimal(0)), "its last order was refused on 2026-11-21 (not charged)"),
        (Ending("failed", "it broke\nbadly", AT), "its last order failed on 2026-11-21 (maybe charged): it broke"),
        (Ending("failed", "x" * 99, AT), f"its last order failed on 2026-11-21 (maybe charged): {'x' * 79}…"),
    ],
)
def test_an_order_without_result_in_words(ending: Ending, said: str) -> None:
    assert without_result(ending) == said


def test_a_plan_says_what_became_of_the_last_order_of_what_it_would_order_again() -> None:
    asked: list[str] = []

    def endings(given: str) -> tuple[Ending, ...]:
        asked.append(given)
        return (Ending("failed", "first", AT), Ending("moderated", "second", AT)) if given == key(PARK, {}) else ()

    given = graph([PARK, shot("b", "a tram"), mix("m", "m")])
    plan = decide(
        given,
        list(given.steps),
        Evidence(
            find=lambda k: None,
            record=lambda k: None,
            file_digest=lambda path: path,
            locked={},
            endings=endings,
        ),
    )
    decisions = plan.decisions
    assert decisions["shot:park"].verdict is Verdict.MISSING
    assert decisions["shot:park"].reason.startswith("its last order was refused by moderation on 2026-11-21")
    assert decisions["shot:b"].reason == "never made"
    assert len(asked) == 2  # local work has no orders
    assert plan.cost == 8
