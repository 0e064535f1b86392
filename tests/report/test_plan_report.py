"""How a plan is shown: a table that fits, Markdown that cannot be broken by a prompt, JSON with fixed names."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from reelmake.model.compiled import Compiled, Variant
from reelmake.model.cut import Cut, Entry, Join
from reelmake.model.medium import Price
from reelmake.model.order import Slate
from reelmake.model.step import Step
from reelmake.model.storyboard import Storyboard
from reelmake.plan.decide import Evidence, decide
from reelmake.plan.layout import Layout
from reelmake.plan.step_graph import graph
from reelmake.report import drawing, naming
from reelmake.report import plan_table as report
from tests.plan.test_graph import job, shot


def made(*steps: Step) -> tuple[report.Plan, Layout]:
    folded = graph(steps)
    shots = [s for step in folded.steps.values() for s in step.shots]
    slates = {s: Slate(s) for s in shots}
    board = Storyboard("film", {}, {}, {})
    cut = Cut(Fraction(24), tuple(Entry(s, 24 * i, 0, 24) for i, s in enumerate(shots)))
    layout = Layout(Compiled((Variant(board, slates),), (), ()), folded, {"": cut}, {})
    plan = decide(
        folded,
        tuple(folded.steps),
        Evidence(
            find=lambda key: None,
            record=lambda key: None,
            file_digest=lambda path: path,
            locked={},
        ),
    )
    return plan, layout


def paid(name: str, prompt: str, price: str) -> Step:
    order = replace(
        job(prompt, shot=name, local=False), provider="studio", model="wan-2.6", price=Price(Decimal(price))
    )
    return Step(f"shot:{name}#1", "shot", order, pool="studio", shots=(name,))


def test_the_table() -> None:
    plan, layout = made(shot("sky", "the sky"), paid("park", "a kite", "0.12"), shot("again", "the sky"))

    table = report.table(plan, layout, lambda text, tone: text, 100)

    assert table.splitlines() == [
        "shot   verdict  why                     with                at  length   cost",
        "sky    missing  never made              sketch          0:00.0  0:01.0   free",
        "again  missing  shares the take of sky  sketch          0:01.0  0:01.0",
        "park   missing  never made              studio wan-2.6  0:02.0  0:01.0  $0.12",
    ]


def test_a_reason_is_never_cut_off() -> None:
    plan, layout = made(paid("a-shot-with-a-long-name", "a kite", "0.12"))
    why = "made before (clip 0123456789ab, see reelmake.lock), but the clip is not in this store"
    decisions = {id: replace(d, reason=why) for id, d in plan.decisions.items()}

    lines = report.table(replace(plan, decisions=decisions), layout, lambda text, tone: text, 80).splitlines()

    assert max(map(len, lines)) <= 80
    column = lines[0].index("why")
    words = [lines[1][column : lines[1].index("studio")], *(line[column:] for line in lines[2:])]
    assert " ".join(" ".join(words).split()) == why


def test_the_timeline_says_where_every_entry_begins() -> None:
    plan, layout = made(shot("sky", "the sky"), shot("sea", "the sea"))
    a, b = layout.cuts[""].entries
    twice = (a, replace(b, at=18), replace(a, at=42))
    cut = Cut(Fraction(24), twice, (Join("dissolve", 6), None))
    layout = replace(layout, cuts={"": cut})

    (film,) = report.as_json(plan, layout, 1.0)["timeline"]

    assert (film["variant"], film["fps"], film["frames"], film["seconds"]) == ("", "24", 66, 2.75)
    assert [(e["shot"], e["frame"], e["begins"]) for e in film["entries"]] == [
        ("sky", 0, 0.0),
        ("sea", 18, 0.75),
        ("sky", 42, 1.75),
    ]
    assert [e["into"] for e in film["entries"]] == [{"transition": "dissolve", "frames": 6}, None, None]
    assert report.begins(layout, "sky") == "0:00.0, 0:01.8"


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_table_fits_its_terminal(width: int) -> None:
    plan, layout = made(*(paid(f"a-shot-with-a-name-of-its-own-{n}", f"kite {n}", "0.12") for n in range(4)))

    table = report.table(plan, layout, lambda text, tone: text, width)

    assert max(len(line) for line in table.splitlines()) <= width
    assert table.count("$0.12") == 4


@pytest.mark.parametrize(
    ("seconds", "said"), [(12.4, "about 12 s"), (272, "about 5 min"), (7700, "about 2 h 10 min"), (7100, "about 2 h")]
)
def test_a_forecast_is_no_finer_than_it_can_be(seconds: float, said: str) -> None:
    assert naming.about(seconds) == said


def test_many_rows_are_cut_and_counted() -> None:
    plan, layout = made(*(shot(f"s{n}", f"kite {n}") for n in range(80)))

    assert "… and 20 more (--all shows them)" in report.table(plan, layout, lambda text, tone: text, 100)
    assert len(report.table(plan, layout, lambda text, tone: text, 100, everything=True).splitlines()) == 81


def test_json_has_the_names_of_the_language_page() -> None:
    plan, layout = made(paid("park", "a kite", "0.12"))

    value = report.as_json(plan, layout, 12.0)

    assert {"reelmake", "jobs", "generate", "reuse", "cost_usd"} <= value.keys()
    assert value["reelmake"] == 1
    assert value["cost_usd"] == 0.12
    (one,) = value["jobs"]
    assert {"shot", "take", "verdict", "reason", "key", "provider", "model", "cost_usd"} <= one.keys()
    assert (one["shot"], one["take"], one["verdict"], one["provider"]) == ("park", 1, "missing", "studio")


def test_markdown_is_not_broken_by_names() -> None:
    plan, layout = made(shot("a|b", "kite"))

    assert "a\\|b" in report.markdown(plan, layout, 1.0)


@pytest.mark.parametrize(("amount", "said"), [("0", "free"), ("1.2", "$1.20"), ("0.0042", "$0.0042"), ("12", "$12.00")])
def test_money(amount: str, said: str) -> None:
    assert naming.money(Decimal(amount)) == said
    assert naming.money(None) == "?"


@pytest.mark.parametrize("form", sorted(drawing.FORMATS))
def test_drawings_name_every_step_and_edge(form: str) -> None:
    from reelmake.model.step import Input

    plan, _ = made(shot("sky", 'the "sky" <b>'), shot("dusk", "at dusk", Input("source", step="shot:sky#1")))

    text = drawing.FORMATS[form](plan)

    assert "sky" in text
    assert "dusk" in text
    if form == "svg":
        import xml.etree.ElementTree as ElementTree

        root = ElementTree.fromstring(text)
        assert len(root.findall(".//{http://www.w3.org/2000/svg}path")) == 1
        assert len(root.findall(".//{http://www.w3.org/2000/svg}g")) == 2
    if form == "mermaid":
        assert "s0 --> s1" in text
    if form == "dot":
        assert '"shot:sky#1" -> "shot:dusk#1"' in text
