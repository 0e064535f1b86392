"""Storyboards to jobs: what holds where nobody says, what is composed, and what may not matter."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelmake.compile.validate import schema
from reelmake.diagnostics import draw
from reelmake.model.compiled import Compiled
from reelmake.model.cut_entries import EntryFade
from reelmake.model.frame import MOVES, Size
from reelmake.model.medium import FREE, Price
from reelmake.model.order import ClipOrder, Slate
from tests.compile.casebook import Case

F = Fraction
SCHEMA = schema()
STUDIO = """\
reelmake: 1
providers:
  studio:
    kind: openai-videos
    base_url: http://localhost:8000/v1
    api_key: ${env:STUDIO_KEY}
    limits: {in_flight: 8}
tiers:
  draft: {provider: sketch}
  final: {provider: studio, model: wan, size: 1792x1024, seconds: 6, price: 0.12, extras: {fps: 24}}
"""


def compiled(text: str, **files: str) -> Compiled:
    script = Case(text, {f"{name}.yaml": file for name, file in files.items()}).compile()
    assert script.ok, "\n".join(draw(d) for d in script.diagnostics)
    return script


def slates(text: str, **files: str) -> dict[str, Slate]:
    return {a: s for v in compiled(text, **files).variants for a, s in v.slates.items()}


def job(text: str, shot: str = "a") -> ClipOrder:
    return slates(text)[shot].orders[0]


def orders(found: dict[str, Slate]) -> list[tuple[ClipOrder, ...]]:
    return [slate.orders for slate in found.values()]


def test_built_in_values() -> None:
    made = job("reelmake: 1\nshots:\n  a: {prompt: A city}\n")
    assert made == ClipOrder(
        dialect="sketch/1", model="", operation="generate", prompt="A city", avoid="", size=Size(1280, 720),
        seconds=Fraction(4), seed=None, variation=1, take=1, extras={}, shot="a", provider="sketch", tier="sketch",
        maker="reelmake.media.sketch:render", price=FREE,
    )  # fmt: skip
    assert made.cost == 0


def test_the_shot_then_its_tier_then_defaults() -> None:
    text = STUDIO + "defaults: {tier: final, size: 640x360, seconds: 3}\nshots:\n"
    text += "  a: {prompt: A}\n  c: {prompt: C, tier: draft}\n"
    text += "  b: {prompt: B, size: 320x240, seconds: 1.5, extras: {fps: 25, x: 1}}\n"
    found = slates(text)
    a, b, c = (found[n].orders[0] for n in "abc")
    assert (a.size, a.seconds, a.model, a.price, a.extras) == (
        Size(1792, 1024),
        6,
        "wan",
        Price(Decimal("0.12")),
        {"fps": 24},
    )
    assert (b.size, b.seconds, b.extras) == (Size(320, 240), Fraction(3, 2), {"fps": 25, "x": 1})
    assert (c.size, c.seconds, c.price, c.local) == (Size(640, 360), 3, FREE, True)
    assert b.cost == Decimal("0.18")


def test_a_provider_is_read() -> None:
    (variant,) = compiled(STUDIO + "shots:\n  a: {prompt: A}\n").variants
    studio = variant.board.providers["studio"]
    assert (studio.kind, studio.base_url, studio.api_key) == ("openai-videos", "http://localhost:8000/v1", "STUDIO_KEY")
    assert (studio.limits.in_flight, studio.limits.per_minute) == (8, None)
    assert "sketch" in variant.board.providers


def test_children_take_tier_and_size_from_their_parent() -> None:
    text = STUDIO + "shots:\n  a: {prompt: A, tier: final, size: 640x360}\n  b: {prompt: B, remix: a}\n"
    text += "  c: {prompt: C, continue: b, tier: draft}\n  d: {prompt: D, continue: a, size: 64x64}\n"
    found = slates(text)
    assert [(s.orders[0].tier, str(s.orders[0].size)) for s in found.values()] == [
        ("final", "640x360"), ("final", "640x360"), ("draft", "640x360"), ("final", "64x64"),
    ]  # fmt: skip


def test_lengths_of_remix_and_extend() -> None:
    text = "reelmake: 1\nshots:\n  a: {prompt: A, seconds: 3}\n  b: {prompt: B, extend: a, seconds: 2}\n"
    text += "  c: {prompt: C, extend: b}\n  d: {prompt: D, remix: c}\n  e: {prompt: E, remix: a, seconds: 1}\n"
    found = slates(text)
    assert [(s.length, s.orders[0].seconds) for s in found.values()] == [(3, 3), (5, 2), (9, 4), (9, 9), (1, 1)]
    assert [s.orders[0].operation for s in found.values()] == ["generate", "extend", "extend", "remix", "remix"]


def test_footage_hands_nothing_on() -> None:
    found = slates(
        STUDIO + "shots:\n  f: {file: ./x/../f.mov, fit: pad, tags: [live]}\n  a: {prompt: A, continue: f}\n"
    )
    assert (found["f"].orders, found["f"].file, found["f"].length) == ((), "f.mov", None)
    assert (found["f"].fit, found["f"].tags) == ("pad", ("live",))
    assert (found["a"].parent, found["a"].relation, found["a"].orders[0].tier) == ("f", "continue", "sketch")


def test_takes_and_seeds() -> None:
    text = "reelmake: 1\ndefaults: {takes: 2}\nshots:\n  a: {prompt: A, seed: 7, takes: 3, pick: 2}\n  b: {prompt: B}\n"
    found = slates(text)
    assert [(j.take, j.seed) for j in found["a"].orders] == [(1, 7), (2, 8), (3, 9)]
    assert [(j.take, j.seed) for j in found["b"].orders] == [(1, None), (2, None)]
    assert (found["a"].pick, found["b"].pick) == (2, None)


@pytest.mark.parametrize(
    ("prompt", "style", "text"),
    [
        ("A city", "", "A city"),
        ("A city", "Warm", "A city. Warm"),
        ("A city!", "Warm.", "A city! Warm."),
        ("|\n      A city  \n      at night\n", "Warm", "A city\nat night. Warm"),
        ("A city\n      at night", "", "A city at night"),
        ("{camera: pan, subject: a cat, framing: Wide.}", "Warm", "Wide, a cat, pan. Warm"),
        ("{action: She runs.}", "Warm", "She runs. Warm"),
    ],
)
def test_composition(prompt: str, style: str, text: str) -> None:
    made = job(f'reelmake: 1\nstyle: "{style}"\nshots:\n  a:\n    prompt: {prompt}\n')
    assert made.prompt == text


def test_avoid_is_a_sentence_where_there_is_no_negative_prompt() -> None:
    shots = "style: Warm.\nshots:\n  a: {prompt: {subject: A cat, avoid: text}, tier: draft}\n"
    shots += "  b: {prompt: {subject: A cat, avoid: text}, tier: final}\n"
    found = slates(STUDIO + shots)
    assert (found["a"].orders[0].prompt, found["a"].orders[0].avoid) == ("A cat. Warm.", "text")
    assert (found["b"].orders[0].prompt, found["b"].orders[0].avoid) == ("A cat. Warm. Avoid text.", "")


CAST = """\
vars: {color: red, kite: "${color} kite"}
characters:
  maya: {look: "Maya, in ${color}", image: refs/maya.png}
  tom: {look: "Tom, friend of ${maya}", image: ./refs/tom.png}
"""


def test_characters_expand_and_bring_their_pictures() -> None:
    shots = (
        'shots:\n  a: {prompt: "${tom} flies a ${kite}"}\n  b: {prompt: A city}\n  c: {prompt: "${maya}", remix: b}\n'
    )
    found = slates("reelmake: 1\n" + CAST + shots)
    assert found["a"].orders[0].prompt == "Tom, friend of Maya, in red flies a red kite"
    assert [(image.file, image.of) for image in found["a"].references] == [
        ("refs/tom.png", "tom"), ("refs/maya.png", "maya"),
    ]  # fmt: skip
    assert found["b"].references == ()
    assert found["c"].references == (), "a remix has its source to look at"


def test_a_character_of_the_style_is_in_every_shot() -> None:
    found = slates('reelmake: 1\nstyle: "With ${maya}."\n' + CAST + "shots:\n  a: {prompt: A city}\n")
    assert [image.file for image in found["a"].references] == ["refs/maya.png"]


def test_pictures_go_only_where_they_are_taken() -> None:
    found = slates(STUDIO + CAST + 'shots:\n  a: {prompt: "${maya}", tier: final}\n')
    assert found["a"].references == ()


def test_a_variable_alone_keeps_its_type() -> None:
    text = "reelmake: 1\nvars: {n: 2, s: 1.5}\nshots:\n  a:\n"
    made = slates(text + "    prompt: take ${n} of ${s}\n    seconds: ${s}\n    takes: ${n}\n")
    assert made["a"].orders[0].prompt == "take 2 of 1.5"
    assert (len(made["a"].orders), made["a"].length) == (2, Fraction(3, 2))


def test_dollars_that_are_no_variables() -> None:
    assert job('reelmake: 1\nshots:\n  a: {prompt: "$5, $${x}, 100 % $"}\n').prompt == "$5, ${x}, 100 % $"


def test_variants_have_their_own_addresses_and_share_orders() -> None:
    text = "reelmake: 1\nmatrix: {city: [São Paulo, Oslo]}\nshots:\n  a:\n    prompt: Wide shot of ${city}\n"
    text += "  b: {prompt: A logo, continue: a}\n  c: {prompt: The end}\noutputs:\n  ${city}.mp4: {}\n"
    script = compiled(text)
    assert [list(v.slates) for v in script.variants] == [
        ["sao-paulo/a", "sao-paulo/b", "sao-paulo/c"], ["oslo/a", "oslo/b", "oslo/c"],
    ]  # fmt: skip
    first, second = script.variants
    assert first.slates["sao-paulo/b"].parent == "sao-paulo/a"
    assert first.slates["sao-paulo/a"].orders[0].prompt == "Wide shot of São Paulo"
    assert second.board.outputs[0].path == "Oslo.mp4"
    assert first.board.variant == "sao-paulo"


def test_a_row_wins_over_vars() -> None:
    text = "reelmake: 1\nvars: {city: Lisbon}\nmatrix: {city: [Oslo]}\nshots:\n  a:\n    prompt: ${city}\n"
    assert slates(text)["oslo/a"].orders[0].prompt == "Oslo"


def test_csv_names_and_numbers() -> None:
    case = Case(
        "reelmake: 1\nmatrix: c.csv\nshots:\n  a:\n    prompt: ${city}, ${code}\n    seconds: ${len}\n",
        {"c.csv": 'len,city,code,name\n2,"Oslo, old",007,one\n2.5,Lisbon,no,two\n'},
    )
    found = {a: s for v in case.compile().variants for a, s in v.slates.items()}
    assert [(a, s.orders[0].prompt, s.length) for a, s in found.items()] == [
        ("one/a", "Oslo, old, 007", 2), ("two/a", "Lisbon, no", Fraction(5, 2)),
    ]  # fmt: skip


def test_a_line_separator_in_a_csv_cell_is_text_and_ends_no_row() -> None:
    script = Case(
        "reelmake: 1\nmatrix: c.csv\nshots:\n  a: {prompt: '${words}'}\n",
        {"c.csv": "name,words\none,a\u2028b\x85c\r\ntwo,d\n"},
    ).compile()
    assert [v.board.shots["a"].prompt.text for v in script.variants] == ["a\u2028b\x85c", "d"]  # type: ignore[union-attr]


def test_a_line_separator_in_a_prompt_goes_to_the_provider() -> None:
    script = Case("reelmake: 1\nshots:\n  s:\n    prompt: A park\u2028    seconds; 9 \n").compile()
    assert script.variants[0].board.shots["s"].prompt.text == "A park\u2028    seconds; 9"  # type: ignore[union-attr]
    assert script.variants[0].board.shots["s"].seconds is None


def test_includes_lose_to_the_document_and_later_ones_win() -> None:
    text = (
        "reelmake: 1\ninclude: [one.yaml, two.yaml]\nvars: {a: here}\nshots:\n  a:\n    prompt: ${a} ${b} ${c} ${d}\n"
    )
    found = slates(
        text,
        one="vars: {a: 1, b: one, c: one}\n",
        two="include: three.yaml\nvars: {c: two}\n",
        three="vars: {d: three}\n",
    )
    assert found["a"].orders[0].prompt == "here one two three"


def test_files_in_files_end_somewhere() -> None:
    files = {f"{i}.yaml": f"include: {i + 1}.yaml\n" for i in range(400)}
    case = Case("reelmake: 1\ninclude: 0.yaml\nshots:\n  a: {prompt: A}\n", files)
    assert [d.code for d in case.compile().diagnostics] == ["RM218"]


def test_all_texts_that_were_read_are_told() -> None:
    script = compiled("reelmake: 1\ninclude: one.yaml\nshots:\n  a: {prompt: A}\n", one="vars: {a: 1}\n")
    assert [s.name for s in script.sources] == ["storyboard.yaml", "one.yaml"]


PROFILED = """\
shots:
  a: {prompt: A city, takes: 2, tags: [x, y]}
profiles:
  ci: {defaults: {seconds: 1}, shots: {a: {takes: 1, tags: [z]}}}
"""


def test_a_profile_is_merged_key_by_key_and_lists_are_replaced() -> None:
    (slate,) = slates("# profile: ci\nreelmake: 1\ndefaults: {seconds: 3, size: 64x64}\n" + PROFILED).values()
    assert (slate.length, len(slate.orders), slate.tags, str(slate.orders[0].size)) == (1, 1, ("z",), "64x64")
    (slate,) = slates("reelmake: 1\ndefaults: {seconds: 3, size: 64x64}\n" + PROFILED).values()
    assert (slate.length, len(slate.orders), slate.tags) == (3, 2, ("x", "y"))


def test_a_profile_that_shortens_shots_shortens_their_trims() -> None:
    text = "reelmake: 1\nshots:\n  a: {prompt: A}\ncut:\n  - {shot: a, trim: [0.5, 3.5]}\n"
    text += "profiles:\n  ci: {defaults: {seconds: 2}}\n"
    (long,), (short,) = compiled(text).variants, compiled("# profile: ci\n" + text).variants
    assert long.board.cut is not None
    assert short.board.cut is not None
    assert (long.board.cut[0].trim, short.board.cut[0].trim) == ((Fraction(1, 2), Fraction(7, 2)), (Fraction(1, 2), 2))


def test_settings_win_over_everything() -> None:
    text = "# profile: ci\n# set: defaults.seconds=2.5\n# set: shots.a.takes=4\n# set: city=Oslo\n"
    text += "reelmake: 1\nvars: {city: Rom}\n"
    text += 'outputs:\n  cut.mp4: {}\nstyle: "In ${city}"\n# set: outputs.cut.mp4.crf=20\n' + PROFILED
    (variant,) = compiled(text).variants
    (slate,) = variant.slates.values()
    assert (slate.length, len(slate.orders), slate.orders[0].prompt) == (Fraction(5, 2), 4, "A city. In Oslo")
    assert variant.board.outputs[0].options == {"crf": 20}


def test_a_setting_that_is_no_text() -> None:
    case = Case("# set: city=\udcff\nreelmake: 1\nvars: {city: Rom}\nshots:\n  a: {prompt: A}\n")
    case.storyboard, header = case.storyboard.split("\n", 1)[1], case.header
    case.header = lambda name: ["city=\udcff"] if name == "set" else header(name)  # type: ignore[method-assign]
    assert [d.code for d in case.compile().diagnostics] == ["RM712"]


def test_the_cut_is_read_exactly() -> None:
    text = "reelmake: 1\nfps: 24000/1001\nshots:\n  a: {prompt: A}\ncut:\n"
    text += "  - {shot: a, trim: [0.1, 3.3], into: {wipe: {seconds: 0.7, direction: left}}, title: Hello}\n"
    text += "  - {shot: a, trim: [1], into: dip}\n  - a\n"
    (variant,) = compiled(text).variants
    cut = variant.board.cut
    assert cut is not None
    first, second, third = cut
    assert first.trim == (Fraction(1, 10), Fraction(33, 10))
    assert first.into is not None
    assert (first.into.name, first.into.seconds, first.into.params) == ("wipe", Fraction(7, 10), {"direction": "left"})
    assert (first.titles[0].text, second.trim) == ("Hello", (1, None))
    assert second.into is not None
    assert (second.into.seconds, third.into) == (Fraction(1, 2), None)
    assert variant.board.fps == Fraction(24000, 1001)


@pytest.mark.parametrize(
    ("written", "rate"),
    [
        ("25", Fraction(25)),
        ("29.97", Fraction(30000, 1001)),
        ("23.976", Fraction(24000, 1001)),
        ("12.5", Fraction(25, 2)),
    ],
)
def test_frame_rates_are_exact(written: str, rate: Fraction) -> None:
    (variant,) = compiled(f"reelmake: 1\nfps: {written}\nshots:\n  a: {{prompt: A}}\n").variants
    assert variant.board.fps == rate


def test_sound_and_budget() -> None:
    text = "reelmake: 1\nbudget: 12.50\nshots:\n  a: {prompt: A}\n"
    text += "sound: {music: {file: a.flac, gain: -12.5, duck: 8, fade_out: 2}, loudness: -16}\n"
    (variant,) = compiled(text).variants
    music = variant.board.sound.music
    assert music is not None
    assert (music.file, music.gain, music.duck, music.fade_in, music.fade_out) == ("a.flac", Fraction(-25, 2), 8, 0, 2)
    assert (variant.board.sound.loudness, variant.board.budget) == (-16, Decimal("12.50"))


SHOT = st.fixed_dictionaries(
    {"prompt": st.sampled_from(["A city", "Rain", "A kite"])},
    optional={
        "seconds": st.sampled_from([1, 2, 2.5]),
        "takes": st.integers(1, 3),
        "seed": st.integers(0, 9),
        "notes": st.just("n"),
    },
)


def written(shots: list[tuple[str, dict[str, object]]], indent: str, comments: bool, backwards: bool) -> str:
    lines = ["reelmake: 1", "shots:"]
    for name, shot in shots:
        lines.append(f"{indent}{name}:" + ("   # a comment" if comments else ""))
        keys = reversed(shot.items()) if backwards else shot.items()
        lines += [f"{indent * 2}{key}: {value}" for key, value in keys]
    return "\n".join(lines) + "\n"


@settings(max_examples=60, deadline=None)
@given(st.lists(SHOT, min_size=1, max_size=5), st.integers(1, 6), st.booleans(), st.booleans())
def test_form_and_names_do_not_matter(
    shots: list[dict[str, object]], width: int, comments: bool, backwards: bool
) -> None:
    plain = written([(f"s{i}", shot) for i, shot in enumerate(shots)], "  ", False, False)
    other = written([(f"renamed-{i}", shot) for i, shot in enumerate(shots)], " " * width, comments, backwards)

    def keyed(text: str) -> list[list[object]]:
        return [
            [(j.prompt, j.seconds, j.seed, j.take, j.variation, j.size, j.extras) for j in jobs]
            for jobs in orders(slates(text))
        ]

    assert keyed(plain) == keyed(other)


def test_a_chain_of_ten_thousand_is_no_recursion() -> None:
    lines = ["reelmake: 1", "shots:", "  s0: {prompt: A}"]
    lines += [f"  s{i}: {{prompt: A, extend: s{i - 1}, seconds: 1}}" for i in range(9999, 0, -1)]
    assert slates("\n".join(lines) + "\n")["s9999"].length == 4 + 9999


NAMES = sorted({name for where in (SCHEMA, *SCHEMA["$defs"].values()) for name in where.get("properties", {})})
WORDS = ["a", "b", "${x}", "${a}", "${", "sketch", "../x", "cut.mp4", "c.csv", "i.yaml", "1280x720", "wipe", "24/1", ""]
LEAVES = st.none() | st.booleans() | st.integers(-3, 9000) | st.floats(-5, 5, width=16) | st.sampled_from(WORDS)
KEYS = st.sampled_from([*NAMES, "a", "b", "x", "sketch", "cut.mp4", "dissolve"])
ANYTHING = st.recursive(
    LEAVES, lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=4), max_leaves=20
)
SHOTS = st.dictionaries(st.sampled_from("abc"), st.dictionaries(KEYS, ANYTHING, max_size=5), max_size=3)
DOCUMENT = st.fixed_dictionaries(
    {"reelmake": st.just(1), "shots": SHOTS | ANYTHING},
    optional={name: ANYTHING for name in SCHEMA["properties"] if name not in ("reelmake", "shots")},
)


@settings(max_examples=100, deadline=None)
@given(DOCUMENT, DOCUMENT)
def test_no_storyboard_breaks_it(document: dict[str, object], included: dict[str, object]) -> None:
    """JSON is YAML: any values under any of the language's keys give diagnostics or variants, never an exception."""
    case = Case(json.dumps(document), {"c.csv": "x,y\n1,2\n", "i.yaml": json.dumps(included)})
    assert case.drawn()


def test_what_an_entry_says_for_itself() -> None:
    script = Case(
        "reelmake: 1\ndefaults: {into: {dissolve: 0.5}}\nshots: {a: {prompt: x, fit: crop, move: out}}\ncut:\n"
        "  - {shot: a, fit: pad, move: in, look: a.cube, reverse: true, fade_in: 2}\n"
        "  - {shot: a, fade_in: {color: white}}\n  - a\n"
    ).compile()
    first, second, third = script.variants[0].board.cut or ()
    assert (first.fit, first.move, first.look, first.reverse) == ("pad", MOVES["in"], "a.cube", True)
    assert (first.fade_in, first.fade_out) == (EntryFade(Fraction(2)), None)
    assert second.fade_in == EntryFade(Fraction(1, 2), "white")
    assert first.into is None  # the transition of `defaults` gives way to the fade that follows it
    assert second.into is not None
    assert (third.fit, third.move, third.reverse) == (None, None, False)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("for $5", "for $5"), ("$$5, $x, a$", "$$5, $x, a$"), ("for $$${price}", "for $5"), ("$${price}", "${price}"),
        ("$$$${price}", "$${price}"), ("$$$$${price}", "$$5"), ("${price}$", "5$"), ("$${", "${"),
        ("US$$${price}!", "US$5!"),
    ],
)  # fmt: skip
def test_dollars(written: str, read: str) -> None:
    """Two dollars before a brace are one; anywhere else a dollar is a dollar."""
    script = Case(f"reelmake: 1\nvars: {{price: 5}}\nshots:\n  a: {{prompt: '{written}'}}\n").compile()
    assert script.variants[0].board.shots["a"].prompt.text == read  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("board", "open_"),
    [
        ("outputs: {cut.mp4: {}, sheet.png: {}}", None),
        ("outputs: {tall.mp4: {size: 720x1280}}", (F("0.341796875"), F(0), F("0.31640625"), F(1))),
        ("outputs: {tall.mp4: {size: 720x1280, fit: pad}}", None),
        ("outputs: {wide.mp4: {size: 1280x540}}", (F(0), F(1, 8), F(1), F(3, 4))),
        ("outputs: {near.mp4: {size: 1792x1024}}", None),
        ("outputs: {a.mp4: {size: 720x720}, b.mp4: {size: 1280x540}}", (F("0.21875"), F(1, 8), F("0.5625"), F(3, 4))),
    ],
)  # fmt: skip
def test_a_sketch_knows_what_no_output_crops(board: str, open_: object) -> None:
    text = f"reelmake: 1\ndefaults: {{size: 1280x720}}\nshots: {{a: {{prompt: x}}}}\n{board}\n"
    (job,) = Case(text).compile().variants[0].slates["a"].orders
    assert job.open == open_


def test_a_sketch_has_the_rate_of_the_cut_and_what_is_paid_has_nothing_of_it() -> None:
    head = "reelmake: 1\nfps: 30\ncaptions: {burn: true}\noutputs: {tall.mp4: {size: 720x1280}}\n"
    paid = "providers: {p: {kind: plain}}\ntiers: {final: {provider: p, price: 1}}\n"
    shots = "shots: {a: {prompt: x, caption: Hello}, b: {prompt: x, tier: final}}\n"
    slates = Case(head + paid + shots).compile().variants[0].slates
    (drawn,), (bought,) = slates["a"].orders, slates["b"].orders
    assert (drawn.fps, drawn.open is None, drawn.above) == (F(30), False, True)
    assert (bought.fps, bought.open, bought.above) == (F(24), None, False)


def test_a_sketch_leaves_room_for_what_is_said_where_that_is_burnt_in() -> None:
    shots = "shots: {a: {prompt: x, say: Hello.}, b: {prompt: x}}\n"
    for captions, above in (("{from: say, burn: true}", True), ("{burn: true}", False), ("{from: say}", False)):
        slates = Case(f"reelmake: 1\ncaptions: {captions}\n{shots}").compile().variants[0].slates
        assert [slates[id].orders[0].above for id in "ab"] == [above, above], captions


def test_a_line_is_not_longer_than_anybody_speaks_at_once() -> None:
    for words, codes in ((2_000, []), (2_001, ["RM564"])):
        said = " ".join(["word"] * words)
        found = Case(f"reelmake: 1\nshots: {{a: {{prompt: x, say: {said}, seconds: auto}}}}\n").compile().diagnostics
        assert [d.code for d in found] == codes
