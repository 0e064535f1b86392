"""What is said decides how long shots are, to the frame: 200 scripts that chance writes, and each rule on its own."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from math import ceil
from pathlib import Path
from random import Random

import pytest

from reelmake.errors import Mistake
from reelmake.model.cut import Entry, HeardLine
from reelmake.model.delivery import LastFrame
from reelmake.model.order import Order
from reelmake.model.speech import estimate
from reelmake.model.step import Step
from reelmake.model.take import Facts, Take
from reelmake.model.time import SAMPLE_RATE, samples
from reelmake.plan.key import key
from reelmake.plan.layout import Layout
from reelmake.plan.selection import targets
from reelmake.prep.layout_builder import LayoutBuilder
from reelmake.session.project import read
from reelmake.session.workspace import Workspace
from tests.support import atelier

HEAD = """\
reelmake: 1
fps: {fps}
providers:
  studio:
    kind: openai-videos
    base_url: http://localhost:8000/v1
    models: {{eights: {{seconds: [4, 8, 12], price: 0.1}}, any: {{seconds: {{from: 3, to: 20}}, price: 0.1}}}}
tiers:
  eights: {{provider: studio, model: eights}}
  any: {{provider: studio, model: any}}
  unknown: {{provider: studio, model: nobody-knows-it}}
shots:
"""
WORDS = [
    "the",
    "kite",
    "climbs",
    "over",
    "a",
    "roof",
    "where",
    "gardens",
    "grow",
    "and",
    "trams,",
    "slowly,",
    "turn",
    "home",
    "at",
    "dusk",
]
Measured = Callable[[str], Fraction | None]


def lay_out(root: Path, text: str, measured: Measured = lambda key: None) -> Layout:
    """`measured`: seconds of the take of a line, by its key; None = it is not made."""
    (root / "storyboard.yaml").write_text(text)
    (root / "atelier.yaml").write_text(atelier.FILE)
    workspace = Workspace(root / "storyboard.yaml")
    project = read(workspace)
    assert project.script.ok, project.script.diagnostics

    builder = LayoutBuilder(project.script, workspace.inputs(), workspace.notes)
    return builder.layout({}, {}, lambda order: 1.0, Made(measured))


@dataclass
class Made:
    """Takes of lines, of which only the length is known."""

    measured: Measured

    def ask(self, keys: Collection[str]) -> None:
        pass

    def find(self, key: str) -> Take | None:
        lasts = self.measured(key)
        return lasts if lasts is None else Take(key, "0" * 64, "speech", ".wav", Facts(1, lasts, audio=True))

    def path(self, take: Take) -> Path:
        raise NotImplementedError


def by_chance(key: str) -> Fraction:
    """A length that no frame rate divides, from 0.3 to 5 seconds."""
    return Fraction(int(sha256(key.encode()).hexdigest()[:8], 16) % 112_800 + 7_200, 24_000)


def written(chance: Random) -> tuple[str, int]:
    """A script, and how many lines it has."""
    fps = chance.choice(["24", "25", "30", "23.976", "29.97", "60"])
    text, lines = HEAD.format(fps=fps), 0
    for number in range(chance.randint(1, 6)):
        tier = chance.choice(["sketch", "any", "unknown"])
        said = [" ".join(chance.choices(WORDS, k=chance.randint(1, 8))) for _ in range(chance.randint(1, 3))]
        pad = f", pad: [{chance.randint(0, 20) / 10}, {chance.randint(0, 20) / 10}]" * chance.randint(0, 1)
        text += f"  s{number}: {{prompt: A roof {number}., tier: {tier}, seconds: auto, say: {said}{pad}}}\n"
        lines += len(said)
    return text, lines


@pytest.mark.parametrize("number", range(200))
def test_the_cut_is_as_long_as_what_is_said(tmp_path: Path, number: int) -> None:
    text, count = written(Random(number))
    layout = lay_out(tmp_path, text, by_chance)
    assert not layout.provisional
    (cut,) = layout.cuts.values()
    lengths = {a: by_chance_of(layout, a) for a, slate in layout.slates.items() if slate.medium == "speech"}
    assert len(lengths) == count == len(cut.said)
    whole = 0
    for entry in cut.entries:
        slate = layout.slates[entry.shot]
        assert slate.spoken is not None
        wanted = sum(slate.spoken.pad) + sum(lengths[a] for a in slate.spoken.lines)
        wanted += Fraction(1, 4) * (len(slate.spoken.lines) - 1)
        assert entry.frames == ceil(wanted * cut.fps)
        ordered = slate.orders[0].seconds
        assert ordered is not None
        assert ordered >= wanted
        if slate.orders[0].local:
            assert ordered == entry.frames / cut.fps
        else:
            assert ordered == max(ceil(wanted), 3 if slate.tier == "any" else 1)
        whole += entry.frames
        for line in (said for said in cut.said if said.line.startswith(f"{entry.shot}.")):
            assert heard_whole(line, entry, cut.fps, lengths[line.line])
    assert cut.frames == whole


def by_chance_of(layout: Layout, address: str) -> Fraction:
    return by_chance(key(step_of(layout, address), {}))


def step_of(layout: Layout, address: str) -> Step:
    id = layout.shots[""].clips[address].step
    return layout.graph.steps[layout.graph.alias.get(id, id)]


def heard_whole(line: HeardLine, entry: Entry, fps: Fraction, lasts: Fraction) -> bool:
    begin, end = samples(entry.at, fps), samples(entry.at + entry.frames, fps)
    whole = (line.start, line.end) == (0, None)
    return whole and begin <= line.at and line.at + lasts * SAMPLE_RATE <= end + 1


ONE = HEAD.replace("{fps}", "24") + '  a: {{prompt: A roof., tier: {tier}, seconds: auto, say: "{text}"}}\n'


@pytest.mark.parametrize(
    ("tier", "lasts", "ordered"),
    [
        ("eights", 3, 4),
        ("eights", Fraction(32, 10), 4),
        ("eights", Fraction(33, 10), 8),
        ("any", 1, 3),
        ("unknown", 1, 2),
    ],
)
def test_a_model_makes_the_next_length_that_it_can(tmp_path: Path, tier: str, lasts: int, ordered: int) -> None:
    layout = lay_out(tmp_path, ONE.format(tier=tier, text="Come."), lambda key: Fraction(lasts))
    order = layout.slates["a"].orders[0]
    assert order.seconds == layout.slates["a"].length == ordered
    assert order.cost == (None if tier == "unknown" else order.price and order.price.rate * ordered)


def test_what_is_not_made_is_guessed_and_nothing_is_made_of_it(tmp_path: Path) -> None:
    text = ONE.format(tier="any", text="Come home.") + "  b: {remix: a, tier: any, prompt: At dusk.}\n"
    text += "  c: {prompt: A tram., tier: any}\n  d: {continue: b, tier: any, prompt: She sits., seconds: 4}\n"
    layout = lay_out(tmp_path, text)
    assert set(layout.provisional.values()) == {"a.say"}
    made = {step.name for id, step in layout.graph.steps.items() if id not in layout.provisional}
    assert made == {"a.say", "c", "c in cut.mp4"}
    wanted = Fraction(8, 10) + estimate("Come home.")
    assert layout.cuts[""].entries[0].frames == ceil(wanted * 24)
    assert layout.slates["b"].orders[0].seconds == layout.slates["a"].orders[0].seconds
    assert set(targets(layout, ["a"])) == {"shot:a#1", "speech:a.say#1"}


def test_a_line_that_nobody_hears_is_made_and_stays_while_it_decides_a_length(tmp_path: Path) -> None:
    text = ONE.format(tier="sketch", text="Come home.") + "outputs: {cut.gif: {}}\n"
    assert "speech:a.say#1" in lay_out(tmp_path, text).graph.targets
    assert "speech:a.say#1" in lay_out(tmp_path, text, lambda key: Fraction(2)).graph.targets
    fixed = text.replace("seconds: auto", "seconds: 4")
    assert "speech:a.say#1" not in lay_out(tmp_path, fixed).graph.targets


def test_what_goes_on_goes_on_where_the_cut_leaves_it(tmp_path: Path) -> None:
    text = ONE.format(tier="eights", text="Come home.") + "  b: {continue: a, tier: any, prompt: She sits.}\n"
    text += "stills: {last: {frame: {shot: a, at: end}}}\n"
    steps = lay_out(tmp_path, text, lambda key: Fraction(2)).graph.steps
    frames = [step.work for id, step in steps.items() if id.startswith("frame:")]  # the two are one
    seen = Fraction(ceil(Fraction(28, 10) * 24), 24)
    assert frames == [LastFrame(seen)]
    (image,) = steps["shot:b#1"].inputs
    assert (image.keyed.step, image.fit) == ("shot:a#1", f"{seen} s")


def test_what_is_longer_than_any_clip_is_an_error_once_it_is_measured(tmp_path: Path) -> None:
    text = ONE.format(tier="eights", text="Come home.")
    with pytest.raises(Mistake) as told:
        lay_out(tmp_path, text, lambda key: Fraction(12))
    (wrong,) = told.value.diagnostics
    assert (wrong.code, wrong.severity) == ("RM568", "error")
    lasts = 'what is said in "a" lasts 12.80 s with the silence around it, 0.80 s too long'
    assert wrong.message == f"{lasts}: its model makes at most 12.00 s"
    held = text + "cut: [{shot: a, freeze: 1}]\n"
    layout = lay_out(tmp_path, held, lambda key: Fraction(12))
    assert layout.cuts[""].frames == 13 * 24
    assert not layout.warnings


def test_a_guess_that_is_too_long_is_a_warning(tmp_path: Path) -> None:
    layout = lay_out(tmp_path, ONE.format(tier="eights", text="The kite climbs and climbs. " * 12))
    (told,) = [d for d in layout.warnings if d.code == "RM568"]
    assert told.severity == "warning"
    assert "lasts about" in told.message


def test_a_shot_of_a_fixed_length_says_by_how_much_it_is_overrun(tmp_path: Path) -> None:
    text = HEAD.format(fps=24) + "  a: {prompt: A roof., seconds: 2, say: Come home.}\n  b: {prompt: A tram.}\n"
    layout = lay_out(tmp_path, text, lambda key: Fraction(13, 4))
    (told,) = layout.warnings
    assert told.message == 'what is said in "a" lasts 3.25 s, 1.25 s too long: the shot lasts 2.00 s'
    (line,) = layout.cuts[""].said
    assert (line.at, line.end) == (0, None)  # it is heard to its end, over what follows
    assert not lay_out(tmp_path, text, lambda key: Fraction(19, 10)).warnings


def test_words_after_the_end_of_the_cut_are_told(tmp_path: Path) -> None:
    text = HEAD.format(fps=24) + "  a: {prompt: A roof., seconds: 2, say: [Come home., We stay.]}\n"
    told = lay_out(tmp_path, text, lambda key: Fraction(3, 2)).warnings
    assert [d.message for d in told if d.code == "RM449"] == ["1.25 s of this line are not heard: the cut ends before"]
    assert [d.code for d in lay_out(tmp_path, text, lambda key: Fraction(8, 10)).warnings] == []


def test_a_trim_shows_and_says_the_same_part(tmp_path: Path) -> None:
    text = ONE.format(tier="sketch", text="Come home.") + "cut: [{shot: a, trim: [0, 1]}, {shot: a, trim: [1]}]\n"
    layout = lay_out(tmp_path, text, lambda key: Fraction(3))
    first, second = layout.cuts[""].said
    assert (first.at, first.start, first.end) == (nearest_sample("0.3"), 0, Fraction(7, 10))
    assert (second.at, second.start, second.end) == (SAMPLE_RATE, Fraction(7, 10), None)


def nearest_sample(seconds: str) -> int:
    return round(Fraction(seconds) * SAMPLE_RATE)


def test_the_same_line_is_one_order_whoever_shows_it(tmp_path: Path) -> None:
    text = HEAD.format(fps=24) + "".join(
        f"  {id}: {{prompt: A roof {id}., seconds: auto, say: Come home.}}\n" for id in "ab"
    )
    layout = lay_out(tmp_path, text)
    spoken = [
        step for step in layout.graph.steps.values() if isinstance(step.work, Order) and step.work.medium == "speech"
    ]
    assert [step.shots for step in spoken] == [("a.say", "b.say")]


SCORED = """\
reelmake: 1
providers:
  studio:
    kind: atelier.yaml
    base_url: http://localhost:8000
    models: {{hymns: {{medium: music, seconds: {{from: 5, to: 20}}, price: 0.01}}}}
tiers: {{music: {{provider: studio, model: hymns}}}}
sound: {{music: {{prompt: Strings., tier: music, takes: 2}}}}
shots:
{shots}
"""


@pytest.mark.parametrize(("shots", "ordered", "warned"), [(2, 5, 0), (3, 12, 0), (6, 20, 1)])
def test_music_is_as_long_as_the_cut(tmp_path: Path, shots: int, ordered: int, warned: int) -> None:
    text = "\n".join(f"  s{n}: {{prompt: A roof., seconds: {3.9 if shots > 2 else 2}}}" for n in range(shots))
    layout = lay_out(tmp_path, SCORED.format(shots=text))
    assert [order.seconds for order in layout.slates["music.bed"].orders] == [ordered, ordered]
    assert [d.code for d in layout.warnings] == ["RM447"] * warned
    mix = layout.graph.steps["sound:cut.mp4"]
    assert [i.step for i in mix.inputs if i.label == "music"] == ["music:music.bed#1"]


def test_music_waits_for_what_decides_how_long_the_cut_is(tmp_path: Path) -> None:
    text = SCORED.format(shots="  a: {prompt: A roof., seconds: auto, say: Come home.}")
    layout = lay_out(tmp_path, text)
    assert layout.provisional["music:music.bed#1"] == "a.say"
    assert "music:music.bed#1" not in lay_out(tmp_path, text, lambda key: Fraction(7)).provisional
