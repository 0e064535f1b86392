"""Verdicts and reasons; forecasts of time."""

from dataclasses import replace
from fractions import Fraction

from reelmake.model.delivery import LastFrame
from reelmake.model.medium import Price
from reelmake.model.step import Input, Step
from reelmake.model.take import Facts, Record, Take
from reelmake.plan.decide import Evidence, Plan, Verdict, decide
from reelmake.plan.forecast import forecast
from reelmake.plan.key import key, manifest
from reelmake.plan.local_work import LocalPool
from reelmake.plan.step_graph import Graph, graph
from tests.plan.test_graph import job, shot


class Shelf:
    """Takes by key; `gone` have a record but no bytes."""

    def __init__(self) -> None:
        self.takes: dict[str, Take] = {}
        self.gone: set[str] = set()

    def make(self, step: Step, digests: dict[str, str], digest: str) -> Take:
        take = Take(key(step, digests), digest, "shot", ".mp4", Facts(1), manifest(step, digests))
        self.takes[take.key] = take
        return take

    def find(self, key: str) -> Take | None:
        return None if key in self.gone else self.takes.get(key)

    def plan(self, made: Graph, locked: dict[str, Record] | None = None) -> Plan:
        return decide(
            made,
            tuple(id for id, step in made.steps.items() if step.kind == "shot"),
            Evidence(self.find, self.takes.get, lambda path: f"digest of {path}", locked or {}),
        )


def test_nothing_made_is_missing_and_children_wait() -> None:
    plan = Shelf().plan(graph([shot("a", "kite"), shot("b", "dusk", Input("source", step="shot:a#1"))]))

    assert [(d.verdict, d.reason) for d in plan.jobs] == [
        (Verdict.MISSING, "never made"),
        (Verdict.UNDECIDED, "waits for a"),
    ]
    assert (plan.generate, plan.reuse) == (2, 0)


def test_a_take_of_the_key_is_fresh_and_decides_its_children() -> None:
    shelf = Shelf()
    made = graph([shot("a", "kite"), shot("b", "dusk", Input("source", step="shot:a#1"))])
    shelf.make(made.steps["shot:a#1"], {}, "d" * 64)
    shelf.make(made.steps["shot:b#1"], {"source": "d" * 64}, "e" * 64)

    plan = shelf.plan(made)

    assert [d.verdict for d in plan.jobs] == [Verdict.FRESH, Verdict.FRESH]
    assert not plan.todo


def test_stale_names_what_changed() -> None:
    shelf = Shelf()
    before = shelf.make(shot("a", "a red kite"), {}, "d" * 64)
    locked = {"a": Record("a", takes={1: (before.key, before.digest)})}

    (decision,) = shelf.plan(graph([shot("a", "a blue kite")]), locked).jobs

    assert decision.verdict is Verdict.STALE
    assert decision.reason == "prompt changed"
    assert [(c.label, c.before, c.after) for c in decision.changes] == [("prompt", "a red kite", "a blue kite")]


def test_a_clip_that_only_the_lock_knows_is_missing_not_stale() -> None:
    shelf = Shelf()
    step = shot("a", "kite")
    take = shelf.make(step, {}, "d" * 64)
    shelf.gone.add(take.key)

    (decision,) = shelf.plan(graph([step]), {"a": Record("a", takes={1: (take.key, take.digest)})}).jobs

    assert decision.verdict is Verdict.MISSING
    assert decision.reason == "made before, not here"


def test_continue_is_keyed_by_the_clip_and_needs_no_still_to_be_fresh() -> None:
    still = Step("frame:a#1", "frame", LastFrame(), (Input("clip", step="shot:a#1"),))
    begun = Input("image", step="frame:a#1", of=Input("clip", step="shot:a#1"))
    made = graph([shot("a", "kite"), still, shot("b", "on", begun)])
    shelf = Shelf()
    shelf.make(made.steps["shot:a#1"], {}, "d" * 64)
    shelf.make(made.steps["shot:b#1"], {"image": "d" * 64}, "e" * 64)

    plan = shelf.plan(made)

    assert {id: d.verdict for id, d in plan.decisions.items()} == {"shot:a#1": Verdict.FRESH, "shot:b#1": Verdict.FRESH}
    assert not plan.todo


def test_cost_counts_what_will_be_asked_for_and_names_what_has_no_price() -> None:
    from decimal import Decimal

    paid = replace(job("kite", local=False), provider="studio", price=Price(Decimal("0.10")), seconds=Fraction(8))
    steps = [
        Step("shot:a#1", "shot", paid, pool="studio", shots=("a",)),
        Step("shot:b#1", "shot", replace(paid, prompt="tram", price=None), pool="studio", shots=("b",)),
    ]

    plan = Shelf().plan(graph(steps))

    assert plan.cost == Decimal("0.8")
    assert [d.step.id for d in plan.unpriced] == ["shot:b#1"]
    assert plan.pays


def test_forecast_is_the_critical_path_or_the_work_over_the_limit() -> None:
    from decimal import Decimal

    paid = replace(job("kite", local=False), provider="studio", price=Price(Decimal(1)))
    steps = [
        Step(f"shot:s{n}#1", "shot", replace(paid, prompt=str(n)), pool="studio", seconds=10, shots=(f"s{n}",))
        for n in range(4)
    ]
    chained = Step(
        "shot:c#1",
        "shot",
        replace(paid, prompt="c"),
        (Input("source", step="shot:s0#1"),),
        pool="studio",
        seconds=30,
        shots=("c",),
    )
    plan = Shelf().plan(graph([*steps, chained]))

    assert forecast(plan, {"studio": None}, LocalPool(2)) == 40
    assert forecast(plan, {"studio": 2}, LocalPool(2)) == 40  # s0 first, since the chain depends on it
    assert forecast(plan, {"studio": 1}, LocalPool(2)) == 70


def test_a_forecast_goes_by_the_pace_of_this_machine_and_takes_by_their_own() -> None:
    frame = Step("frame:a#1", "frame", LastFrame(), (Input("clip", step="shot:a#1"),), seconds=5)
    child = replace(shot("b", "dusk", Input("image", step="frame:a#1")), seconds=10)
    plan = Shelf().plan(graph([replace(shot("a", "kite"), seconds=10), frame, child]))
    assert forecast(plan, {}, LocalPool(2)) == 25
    assert forecast(plan, {}, LocalPool(2), pace=3.0) == 35


def test_what_waits_says_what_changed_in_it_whatever_its_parent_becomes() -> None:
    shelf = Shelf()
    source, still = Input("source", step="shot:a#1"), Input("image", file="x.png")
    a, b = shot("a", "kite"), shot("b", "dusk", source, still)
    made = shelf.make(a, {}, "d" * 64)
    below = shelf.make(b, {"source": "d" * 64, "image": "digest of x.png"}, "e" * 64)
    locked = {take: Record(take, takes={1: (m.key, m.digest)}) for take, m in (("a", made), ("b", below))}

    def reason(prompt: str, image: str) -> tuple[Verdict, str, list[tuple[str, str | None, str | None]]]:
        changed = graph([shot("a", "kite at sea"), shot("b", prompt, source, Input("image", file=image))])
        _, d = shelf.plan(changed, locked).jobs
        return d.verdict, d.reason, [(c.label, c.before, c.after) for c in d.changes]

    assert reason("dusk", "x.png") == (Verdict.UNDECIDED, "waits for a", [])
    assert reason("dawn", "x.png") == (
        Verdict.UNDECIDED,
        "prompt changed; waits for a",
        [("prompt", "dusk", "dawn")],
    )
    assert reason("dusk", "y.png")[1:] == (
        "image changed; waits for a",
        [("input image", "digest of x.png", "digest of y.png")],
    )
