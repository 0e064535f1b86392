"""The DAG: sharing, order, what is needed, priorities."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from reelmake.model.delivery import LastFrame
from reelmake.model.frame import Size
from reelmake.model.order import ClipOrder
from reelmake.model.step import Input, Step
from reelmake.plan.step_graph import graph


def job(prompt: str, *, shot: str = "a", take: int = 1, local: bool = True) -> ClipOrder:
    return ClipOrder(
        dialect="sketch/1",
        model="",
        operation="generate",
        prompt=prompt,
        avoid="",
        size=Size(64, 36),
        seconds=Fraction(1),
        seed=None,
        variation=1,
        take=take,
        extras={},
        shot=shot,
        provider="sketch",
        tier="draft",
        maker="sketch:draw" if local else "",
    )


def shot(name: str, prompt: str, *inputs: Input) -> Step:
    return Step(f"shot:{name}#1", "shot", job(prompt, shot=name), inputs, shots=(name,))


def test_the_same_order_is_one_step_and_keeps_both_shots() -> None:
    made = graph([shot("a", "a kite"), shot("b", "a kite"), shot("c", "a tram")])

    assert list(made.steps) == ["shot:a#1", "shot:c#1"]
    assert made.alias == {"shot:b#1": "shot:a#1"}
    assert made.steps["shot:a#1"].shots == ("a", "b")


def test_children_of_shared_parents_are_shared_too() -> None:
    steps = [
        shot("a", "a kite"),
        shot("b", "a kite"),
        shot("c", "at dusk", Input("source", step="shot:a#1")),
        shot("d", "at dusk", Input("source", step="shot:b#1")),
    ]

    made = graph(steps)

    assert made.alias == {"shot:b#1": "shot:a#1", "shot:d#1": "shot:c#1"}


def test_another_parent_or_another_file_is_another_step() -> None:
    steps = [
        shot("a", "a kite"),
        shot("b", "a tram"),
        shot("c", "at dusk", Input("source", step="shot:a#1")),
        shot("d", "at dusk", Input("source", step="shot:b#1")),
        shot("e", "still", Input("image", file="x.png")),
        shot("f", "still", Input("image", file="y.png")),
    ]

    assert graph(steps).alias == {}


def test_steps_stand_after_their_inputs_whatever_the_order_they_came_in() -> None:
    steps = [
        shot("c", "later", Input("source", step="shot:b#1")),
        shot("b", "then", Input("source", step="shot:a#1")),
        shot("a", "first"),
    ]

    assert list(graph(steps).steps) == ["shot:a#1", "shot:b#1", "shot:c#1"]


def test_needed_is_the_targets_and_what_they_depend_on() -> None:
    still = Step("frame:a#1", "frame", LastFrame(), (Input("clip", step="shot:a#1"),))
    steps = [shot("a", "first"), still, shot("b", "then", Input("image", step="frame:a#1")), shot("z", "apart")]

    made = graph(steps)

    assert set(made.needed(["shot:b#1"])) == {"shot:a#1", "frame:a#1", "shot:b#1"}
    assert made.descendants("shot:a#1") == {"frame:a#1", "shot:b#1"}


def test_priority_is_the_longest_chain_that_depends_on_a_step() -> None:
    steps = [
        Step("shot:a#1", "shot", job("a"), seconds=5),
        Step("shot:b#1", "shot", job("b"), (Input("source", step="shot:a#1"),), seconds=7),
        Step("shot:c#1", "shot", job("c"), seconds=6),
    ]

    assert graph(steps).priority == {"shot:a#1": 12, "shot:b#1": 7, "shot:c#1": 6}


@given(st.data())
def test_any_dag_is_ordered_and_folding_twins_changes_no_meaning(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 25))
    steps = []
    for n in range(count):
        parents = data.draw(st.lists(st.integers(0, n - 1), max_size=3, unique=True)) if n else []
        prompt = data.draw(st.sampled_from(["kite", "tram", "sea"]))
        steps.append(shot(f"s{n}", prompt, *(Input(f"i{k}", step=f"shot:s{p}#1") for k, p in enumerate(parents))))

    made = graph(data.draw(st.permutations(steps)))

    def unfolded(id: str, given: dict[str, Step]) -> object:
        step = given[made.alias.get(id, id)] if id not in given else given[id]
        return (step.work.prompt, tuple((i.label, unfolded(i.step, given)) for i in step.inputs))

    whole = {s.id: s for s in steps}
    seen: set[str] = set()
    for id, step in made.steps.items():
        assert all(i.step in seen for i in step.inputs)
        seen.add(id)
    for step in steps:
        assert unfolded(step.id, whole) == unfolded(made.alias.get(step.id, step.id), dict(made.steps))
    assert {s for step in made.steps.values() for s in step.shots} == {s.shots[0] for s in steps}


def test_a_plain_build_wants_outputs_and_all_takes_of_what_they_use() -> None:
    second = Step("shot:a#2", "shot", job("kite", shot="a", take=2), shots=("a",))
    reel = Step("reel:cut", "reel", LastFrame(), (Input("clip", step="shot:a#1"),), output="build/cut.mp4")

    made = graph([shot("a", "kite"), second, shot("spare", "tram"), reel])

    assert made.targets == ("shot:a#1", "shot:a#2", "reel:cut")
