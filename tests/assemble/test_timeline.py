"""From the author's cut to frames: the sum is always right, mistakes stand at the entry that made them."""

from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reelmake.assemble.cutting import default_entries, timeline
from reelmake.catalog import complaint
from reelmake.diagnostics import Report, Source, Span
from reelmake.model.cut import Cut, Fade
from reelmake.model.cut_entries import CutEntry, EntryFade, EntryInset, Into
from reelmake.model.frame import Size
from reelmake.model.order import ClipOrder, Slate
from reelmake.model.overlay import PLAIN, EntryTitle
from reelmake.model.storyboard import Defaults, Prompt, Shot, Storyboard
from reelmake.model.time import frames

RATES = [Fraction(24), Fraction(25), Fraction(30), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(12)]


def board(
    lengths: dict[str, Fraction], *entries: CutEntry, fps: Fraction = Fraction(24), variant: str = ""
) -> Storyboard:
    shots = {id: Shot(id, file=f"{id}.mp4") for id in lengths}
    return Storyboard("", shots, {}, {}, cut=entries or None, fps=fps, variant=variant)


def assembled(lengths: dict[str, Fraction], *entries: CutEntry, fps: Fraction = Fraction(24)) -> tuple[Cut, Report]:
    report = Report()
    slates = {id: Slate(id, file=f"{id}.mp4") for id in lengths}
    return timeline(board(lengths, *entries, fps=fps), slates, lengths, report), report


seconds = st.fractions(Fraction(1, 2), Fraction(9), max_denominator=100)


@given(
    st.lists(st.tuples(seconds, st.fractions(0, Fraction(1, 5), max_denominator=60)), min_size=1),
    st.sampled_from(RATES),
)
def test_the_cut_is_as_long_as_its_entries_less_their_overlaps(
    shots: list[tuple[Fraction, Fraction]], fps: Fraction
) -> None:
    lengths = {f"s{n}": length for n, (length, _) in enumerate(shots)}
    entries = [CutEntry(f"s{n}", into=Into("dissolve", overlap)) for n, (_, overlap) in enumerate(shots)]
    cut, report = assembled(lengths, *entries, fps=fps)
    assert not report.items
    exact, places, ends = Fraction(0), [], []
    for length, overlap in shots:
        places.append(exact)
        ends.append(exact + length * fps)
        exact += (length - (overlap if frames(overlap, fps) else 0)) * fps
    tick = (
        len(shots) * fps / 1000
    )  # files' clocks know milliseconds: a clip within one of whole frames has whole frames
    for entry, place, end in zip(cut.entries, places, ends, strict=True):
        assert abs(entry.at - place) <= Fraction(1, 2) + tick
        assert abs(entry.at + entry.frames - end) <= Fraction(1, 2) + tick
    overlaps = [j.frames if j else 0 for j in cut.joins]
    assert all(abs(o - frames(said, fps)) <= 1 for o, (_, said) in zip(overlaps, shots, strict=False))
    ends = [e.at + e.frames for e in cut.entries]
    assert [e.at for e in cut.entries] == [0, *(end - o for end, o in zip(ends, overlaps, strict=False))]
    assert ends[-1] == cut.frames
    assert all(e.frames >= cut.head(n) + cut.tail(n) for n, e in enumerate(cut.entries))


@given(seconds, seconds, seconds, st.sampled_from(RATES))
def test_a_trim_never_leaves_the_clip(length: Fraction, start: Fraction, end: Fraction, fps: Fraction) -> None:
    cut, report = assembled({"a": length}, CutEntry("a", (start, end)), fps=fps)
    entry = cut.entries[0]
    assert 0 <= entry.start < entry.start + entry.frames <= ceil(length * fps)
    fine = frames(start, fps) < frames(end, fps) <= frames(length, fps)
    assert (not report.items) == fine
    if fine:
        assert entry.frames == max(1, frames(end - start, fps))
        assert entry.start == min(frames(start, fps), ceil(length * fps) - entry.frames)


def test_a_cut_to_the_beat_stays_on_it() -> None:
    """128 beats a minute: two are 0.9375 s, 22.5 frames. Twenty times that is 450 frames, not 460."""
    beat = CutEntry("a", (Fraction(1), Fraction(31, 16)))
    cut, report = assembled({"a": Fraction(4)}, *[beat] * 20)
    assert not report.items
    assert cut.frames == 450
    assert [e.at for e in cut.entries] == [frames(n * Fraction(15, 16), Fraction(24)) for n in range(20)]
    assert {e.frames for e in cut.entries} == {22, 23}
    assert {e.start for e in cut.entries} == {24}


trims = st.tuples(st.fractions(0, 3, max_denominator=1001), st.fractions(Fraction(1, 2), 3, max_denominator=1001))
holds = st.fractions(0, 1, max_denominator=7)
speeds = st.sampled_from([Fraction(1), Fraction(2), Fraction(1, 2), Fraction("1.25")])


@given(st.lists(st.tuples(trims, holds, holds, speeds, holds), min_size=1, max_size=40), st.sampled_from(RATES))
def test_positions_are_rounded_and_never_lengths(said: list[tuple[Any, ...]], fps: Fraction) -> None:
    """Trims, speeds, holds, transitions, titles and insets: each begins and ends within half a frame of where it does
    exactly, however many there are before it."""
    entries = [
        CutEntry(
            "a",
            (begin, begin + lasts),
            into=Into("dissolve", over / 10),
            speed=speed,
            freeze_first=waits,
            freeze=held,
            titles=(EntryTitle("A title", PLAIN, waits / 2, lasts / speed / 2),),
            insets=(EntryInset("a", at=waits / 2, seconds=lasts / speed / 2),),
        )
        for (begin, lasts), waits, held, speed, over in said
    ]
    cut, report = assembled({"a": Fraction(6)}, *entries, fps=fps)
    assert not report.items
    exact = Fraction(0)
    half = Fraction(1, 2)
    for index, (entry, shown) in enumerate(zip(entries, cut.entries, strict=True)):
        (begin, end), speed = entry.trim, entry.speed  # type: ignore[misc]
        lasts = (end - begin) / speed  # type: ignore[operator]
        ends = exact + (entry.freeze_first + lasts + entry.freeze) * fps
        assert abs(shown.at - exact) <= half
        assert abs(shown.at + shown.waits - exact - entry.freeze_first * fps) <= half
        assert abs(shown.at + shown.frames - shown.held - exact - (entry.freeze_first + lasts) * fps) <= half
        assert abs(shown.at + shown.frames - ends) <= half
        assert abs(shown.start - begin * fps / speed) <= Fraction(3, 2)
        at, length = shown.titles[0].at, shown.titles[0].lasts
        (inset,) = shown.insets
        for first, count in ((at, length), (inset.at, inset.frames)):
            assert abs(shown.at + first - exact - entry.freeze_first / 2 * fps) <= half  # type: ignore[operator]
            gone = exact + (entry.freeze_first / 2 + lasts / 2) * fps
            assert abs(shown.at + first + count - gone) <= max(half, 1)  # type: ignore[operator]
        overlap = entry.into.seconds * fps  # type: ignore[union-attr]
        exact = ends - (overlap if frames(overlap / fps, fps) and index + 1 < len(entries) else 0)
    assert abs(cut.frames - exact) <= half


def test_a_shot_that_goes_on_where_it_was_left_loses_and_repeats_no_frame() -> None:
    step = Fraction(13, 48)  # 6.5 frames
    entries = [CutEntry("a", (n * step, (n + 1) * step)) for n in range(12)]
    cut, report = assembled(
        {"b": Fraction(1, 3), "a": Fraction(4)}, CutEntry("b", (Fraction(0), Fraction(1, 5))), *entries
    )
    assert not report.items
    _, *parts = cut.entries
    assert [one.start + one.frames for one in parts[:-1]] == [other.start for other in parts[1:]]


def test_a_clock_of_milliseconds_repeats_no_last_frame() -> None:
    """100 frames at 24 a second, in a file that says 4.167 s."""
    cut, _ = assembled({"a": Fraction("4.167")}, *[CutEntry("a")] * 200)
    assert {e.frames for e in cut.entries} == {100}


def span(text: str, part: str) -> Span:
    return Span(Source("s.yaml", text), text.index(part), text.index(part) + len(part))


def test_mistakes_that_only_lengths_can_tell() -> None:
    text = "a [0, 3] b [1, 1] c into dissolve 2 d"
    entries = (
        CutEntry("a", (Fraction(0), Fraction(3)), spans={"trim": span(text, "[0, 3]")}),
        CutEntry("a", (Fraction(1), Fraction(1)), spans={"trim": span(text, "[1, 1]")}),
        CutEntry("a", into=Into("dissolve", Fraction(2), span=span(text, "dissolve 2"))),
        CutEntry("b", span=span(text, "d")),
    )
    _, report = assembled({"a": Fraction(2), "b": Fraction(1)}, *entries)
    assert [(d.code, str(d.span)) for d in report.items] == [
        ("RM450", "s.yaml:1:3"),
        ("RM452", "s.yaml:1:12"),
        ("RM451", "s.yaml:1:26"),
    ]
    assert report.items[0].message == 'the trim goes past the end of "a", which is 0:02.0 (48 frames) long'
    assert '"b" lasts in the cut: 0:01.0 (24 frames)' in report.items[2].message
    assert report.items[2].notes[0].span == span(text, "d")


def test_fades_longer_than_what_is_shown_alone() -> None:
    text = "a fade_out 1"
    fade = EntryFade(Fraction(1))
    long = CutEntry("a", into=Into("dissolve", Fraction(1, 2)))
    short = CutEntry("a", fade_out=EntryFade(Fraction(2)), spans={"fade_out": span(text, "fade_out 1")})
    _, report = assembled({"a": Fraction(2)}, long, short)
    assert [(d.code, str(d.span)) for d in report.items] == [("RM464", "s.yaml:1:3")]
    assert "take 0:02.0 (48 frames), but it is alone on screen for only 0:01.5 (36 frames)" in report.items[0].message
    cut, report = assembled({"a": Fraction(2)}, replace(long, into=None, fade_in=fade, fade_out=fade))
    assert not report.items
    assert cut.entries[0].fade_in == Fade(24)


def test_a_wrong_parameter_of_a_transition() -> None:
    text = "wipe sideways"
    wipe = Into("wipe", Fraction(1, 2), {"direction": "sideways"}, span(text, text))
    lengths, report = {"a": Fraction(2)}, Report()
    slates = {"a": Slate("a", file="a.mp4")}
    timeline(board(lengths, CutEntry("a", into=wipe), CutEntry("a")), slates, lengths, report, complaint)
    assert [(d.code, str(d.span)) for d in report.items] == [("RM453", "s.yaml:1:1")]
    assert complaint("nobody's", {}) == ""


def test_two_transitions_share_a_short_shot() -> None:
    join = Into("dissolve", Fraction(3, 4))
    _, report = assembled(
        {"a": Fraction(2), "b": Fraction(1)}, CutEntry("a", into=join), CutEntry("b", into=join), CutEntry("a")
    )
    assert [d.code for d in report.items] == ["RM451"]
    assert "the transition before it needs some of that too" in report.items[0].message
    half = Into("dissolve", Fraction(1, 2))
    cut, report = assembled(
        {"a": Fraction(2), "b": Fraction(1)}, CutEntry("a", into=half), CutEntry("b", into=half), CutEntry("a")
    )
    assert not report.items
    assert cut.entries[1].frames - cut.head(1) - cut.tail(1) == 0


def test_a_transition_at_the_end_joins_nothing() -> None:
    cut, report = assembled({"a": Fraction(2)}, CutEntry("a", into=Into("dissolve", Fraction(1))))
    assert (cut.frames, cut.joins, report.items) == (48, (), [])


def test_an_extended_shot_gives_its_place_to_the_longer_clip() -> None:
    def shot(id: str, extends: str = "") -> Shot:
        return Shot(id, Prompt("x"), relation="extend" if extends else None, parent=extends)

    shots = [shot("a"), shot("b"), shot("c", "a"), shot("d", "c"), shot("e"), shot("f", "a")]
    storyboard = Storyboard("", {s.id: s for s in shots}, {}, {})
    assert [entry.shot for entry in default_entries(storyboard)] == ["d", "f", "b", "e"]


def test_addresses_and_slates_in_a_matrix() -> None:
    job = ClipOrder(
        dialect="d", model="", operation="generate", prompt="x", avoid="", size=Size(64, 64), seconds=Fraction(1),
        shot="lisbon/a", provider="sketch", tier="draft", maker="sketch:draw",
    )  # fmt: skip
    report = Report()
    storyboard = board({"a": Fraction(1)}, variant="lisbon")
    cut = timeline(storyboard, {"lisbon/a": Slate("lisbon/a", (job,))}, {"lisbon/a": Fraction(1)}, report)
    assert (cut.entries[0].shot, cut.entries[0].slate, cut.entries[0].local) == ("lisbon/a", "a · draft", True)


def test_a_shots_own_fit_is_kept_and_a_default_is_left_to_the_output() -> None:
    storyboard = replace(board({"a": Fraction(1)}), shots={"a": Shot("a", file="a.mp4", fit="blur")})
    slates = {"a": Slate("a", file="a.mp4", fit="blur")}
    assert timeline(storyboard, slates, {"a": Fraction(1)}, Report()).entries[0].fit == "blur"
    storyboard = replace(storyboard, shots={"a": Shot("a", file="a.mp4")}, defaults=Defaults(fit="blur"))
    assert timeline(storyboard, slates, {"a": Fraction(1)}, Report()).entries[0].fit is None


def test_a_default_transition_stands_between_all_shots_of_a_cut_that_is_not_written() -> None:
    half = Into("dissolve", Fraction(1, 2))
    film = replace(
        board({"a": Fraction(2), "b": Fraction(1), "c": Fraction(1)}), cut=None, defaults=Defaults(into=half)
    )
    assert [entry.into for entry in default_entries(film)] == [half, half, None]


def test_a_title_after_the_end_of_its_entry_is_told() -> None:
    late = CutEntry("a", (Fraction(0), Fraction(1)), titles=(EntryTitle("Late", at=Fraction(1)),))
    _, report = assembled({"a": Fraction(2)}, late)
    assert [item.code for item in report.items] == ["RM454"]
    assert assembled({"a": Fraction(2)}, replace(late, trim=None))[1].items == []


def test_what_was_made_larger_smoother_or_longer_takes_the_place_of_its_source() -> None:
    shots = {
        "a": Shot("a"), "b": Shot("b"), "b-large": Shot("b-large", relation="upscale", parent="b"),
        "b-smooth": Shot("b-smooth", relation="interpolate", parent="b-large"),
        "a-dusk": Shot("a-dusk", relation="remix", parent="a"),
        "a-lips": Shot("a-lips", relation="lipsync", parent="a"),
    }  # fmt: skip
    entries = default_entries(Storyboard("", shots, {}, {}))
    assert [entry.shot for entry in entries] == ["a-lips", "b-smooth", "a-dusk"]
