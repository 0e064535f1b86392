"""Which packets can stand in a reel as they are: never one too many, and never fewer than there could be."""

from __future__ import annotations

from hypothesis import assume, example, given
from hypothesis import strategies as st

from reelmake.media.packet_runs import PacketRun, around, longest

KEY, NOT = True, False


def groups(*places: str) -> list[tuple[int, bool]]:
    """Groups of pictures in decoding order: "0 4 2 1 3" begins with a keyframe."""
    return [(int(place), n == 0) for group in places for n, place in enumerate(group.split())]


REORDERED = groups("0 4 2 1 3", "5 9 7 6 8", "10 11")


def test_whole_groups_between_the_ends() -> None:
    assert longest(REORDERED, 0, 12) == PacketRun(range(12), 0)
    assert longest(REORDERED, 1, 12) == PacketRun(range(5, 12), 5)
    assert longest(REORDERED, 5, 10) == PacketRun(range(5, 10), 5)


def test_a_run_ends_where_every_frame_before_is_there() -> None:
    assert longest(REORDERED, 0, 9) == PacketRun(range(6), 0)  # 9 is decoded before 6, 7 and 8
    assert longest(groups("0 4 2 1 3 8 6 5 7"), 0, 8) == PacketRun(range(5), 0)
    assert longest(groups("0 1 2 3"), 0, 3) == PacketRun(range(3), 0)


def test_without_a_keyframe_there_is_none() -> None:
    assert longest(REORDERED, 1, 5) == PacketRun(range(0), 1)
    assert longest([(0, NOT), (1, NOT)], 0, 2) == PacketRun(range(0), 0)
    assert longest([], 0, 5) == PacketRun(range(0), 0)


def test_a_frame_that_is_not_there_ends_a_run_and_the_longer_one_counts() -> None:
    assert longest(groups("0 1 3 4", "5 6 7 8 9"), 0, 10) == PacketRun(range(4, 9), 5)
    assert longest(groups("0 1 2 3", "5 6"), 0, 10) == PacketRun(range(4), 0)


def test_frames_that_an_edit_list_hides_are_in_no_run() -> None:
    hidden = [(-1, KEY), (-2, NOT), (0, NOT), (1, NOT), (2, KEY), (3, NOT)]
    assert longest(hidden, 0, 4) == PacketRun(range(4, 6), 2)


@st.composite
def clips(draw: st.DrawFn) -> list[tuple[int, bool]]:
    """Packets in an order as encoders have it, and now and then in none that makes sense."""
    places: list[tuple[int, bool]] = []
    at = draw(st.integers(-3, 2))
    for size in draw(st.lists(st.integers(1, 6), max_size=5)):
        frames = list(range(at, at + size))
        frames = [frames[0], *draw(st.permutations(frames[1:]))] if draw(st.booleans()) else frames
        key = draw(st.sampled_from((KEY, KEY, NOT)))
        places += [(frame, key and n == 0) for n, frame in enumerate(frames) if draw(st.integers(0, 9))]
        at += size + draw(st.sampled_from((0, 0, 0, 1)))
    return list(draw(st.permutations(places))) if draw(st.integers(0, 9)) == 0 else places


def shown(places: list[tuple[int, bool]], run: range, start: int, stop: int) -> bool:
    """Said once more, without any cleverness: it begins with a keyframe, has no gap, and no keyframe is passed over."""
    frames = [places[n][0] for n in run]
    whole = sorted(frames) == list(range(frames[0], frames[0] + len(frames)))
    keys = [i for i, n in enumerate(run) if places[n][1]]
    apart = all(max(frames[:i], default=-9) < frames[i] == min(frames[i:]) for i in keys)
    return places[run.start][1] and whole and apart and start <= min(frames) and max(frames) < stop


@given(clips(), st.integers(-2, 12), st.integers(0, 30))
@example(groups("0 1 3", "2 4"), 0, 5)  # no encoder's: a keyframe that is shown before one that came before it
def test_it_is_the_longest_of_all(places: list[tuple[int, bool]], start: int, frames: int) -> None:
    stop = start + frames
    found = longest(places, start, stop)
    every = [range(a, b) for a in range(len(places)) for b in range(a + 1, len(places) + 1)]
    able = [run for run in every if shown(places, run, start, stop)]

    assert len(found.packets) == max(map(len, able), default=0)
    if able:
        assert found.packets in able
        assert found.start == places[found.packets.start][0]
        assert found.stop == found.start + len(found.packets)


def test_what_a_decoder_has_to_be_given() -> None:
    assert around(REORDERED, 1, 3) == range(4)
    assert around(REORDERED, 9, 10) == range(5, 7)
    assert around(REORDERED, 4, 7) == range(9)
    assert around(REORDERED, 12, 16) == range(10, 12)  # the last frame, to be held
    assert around([(0, NOT), (1, NOT), (2, KEY)], 1, 2) == range(2)


@given(clips(), st.integers(0, 12), st.integers(1, 10))
def test_what_is_decoded_begins_at_a_keyframe_and_has_every_frame_that_is_shown(
    places: list[tuple[int, bool]], start: int, frames: int
) -> None:
    stop = start + frames
    assume(any(place < stop for place, _ in places))
    given = [places[n] for n in around(places, start, stop)]
    first = min(start, max(place for place, _ in places if place < stop))

    assert {place for place, _ in places if first <= place < stop} <= {place for place, _ in given}
    assert given[0] == places[0] or (given[0][1] and given[0][0] <= first)
