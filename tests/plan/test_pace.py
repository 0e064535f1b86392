"""Back-off, polls and the lane of one provider."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reelmake.errors import NoCredit
from reelmake.model.storyboard import Limits
from reelmake.plan.pace import LATEST_POLL, LONGEST_ASKED, LONGEST_REST, MINUTE, Lane, next_poll, rest


@given(st.text(), st.integers(1, 10_000))
def test_rests_grow_are_bounded_and_the_same_each_time(key: str, tries: int) -> None:
    full = min(LONGEST_REST, 2.0 ** min(tries - 1, 16))
    assert full / 2 <= rest(key, tries) <= full
    assert rest(key, tries) == rest(key, tries)


def test_a_thousand_shots_do_not_return_together() -> None:
    waits = [rest(f"shot {n}", 4, after=10.0) for n in range(1000)]
    assert len({round(w, 1) for w in waits}) > 5
    assert len({round(rest(f"shot {n}", 4), 2) for n in range(1000)}) > 200


@given(st.text(), st.integers(1, 50), st.floats(-10, 10_000))
def test_what_the_other_side_asks_for_is_honoured_up_to_a_bound(key: str, tries: int, after: float) -> None:
    wait = rest(key, tries, after)
    assert min(max(after, 0), LONGEST_ASKED) <= wait <= LONGEST_ASKED + LONGEST_REST


@given(st.floats(0, 1e6), st.none() | st.floats(0.01, 1e5))
def test_polls_are_neither_hasty_nor_forgotten(age: float, usual: float | None) -> None:
    assert 0.5 <= next_poll(age, usual) <= max(LATEST_POLL, 0.02 * (usual or 0))


def asked(job: float, usual: float | None) -> tuple[int, float]:
    """How often a job of so many seconds is asked about, and how late its end is noticed (seconds)."""
    age, polls = 0.0, 0
    while True:
        age += next_poll(age, usual)
        polls += 1
        if age >= job:
            return polls, age - job


def test_a_job_of_five_minutes_costs_few_polls_once_its_usual_length_is_known() -> None:
    polls, late = asked(300.0, 300.0)
    assert polls < 20
    assert late < 0.02 * 300
    assert asked(20.0, 300.0)[1] < 0.5 * 20
    polls, late = asked(300.0, None)
    assert polls < 35
    assert late < 0.16 * 300


def test_a_fast_job_is_noticed_fast() -> None:
    assert asked(1.0, None)[1] < 1.0


def test_what_the_provider_says_about_polling_is_heard() -> None:
    assert next_poll(100.0, 300.0, after=7.0) == 7.0
    assert next_poll(100.0, None, after=0.0) == 0.5
    assert next_poll(100.0, None, after=1e9) == LONGEST_ASKED


# The lane


@given(
    st.integers(1, 4),
    st.none() | st.integers(1, 3),
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5), st.integers(1, 90)), max_size=40),
    st.lists(st.integers(-70, 10), max_size=5),
)
def test_a_lane_never_passes_its_limits(
    per_minute: int, in_flight: int | None, jobs: list[tuple[int, int, int]], earlier: list[int]
) -> None:
    """`jobs`: (pause before it joins, seconds until the answer, seconds until it is ready)."""
    lane = Lane(Limits(in_flight, per_minute))
    for sent in earlier:
        lane.remember(sent)
    now, sent_at, answers, landings = 0.0, [], [], []

    def settle() -> None:
        for when, done in sorted((a, n) for n, a in enumerate(answers) if a is not None):
            if when <= now:
                answers[done] = None
                lane.answered(when, accepted=True)
                landings.append(when + jobs[done][2])
        for when in sorted(landings):
            if when <= now:
                landings.remove(when)
                lane.landed()

    for n, (pause, answer, _) in enumerate(jobs):
        now += pause
        settle()
        lane.join((0.0, n), str(n))
        while (opens := lane.opens(now)) is None or opens > now:
            later = [a for a in answers if a is not None] + landings + ([opens] if opens is not None else [])
            now = min(later)
            settle()
        assert lane.next() == str(n)
        lane.go()
        assert in_flight is None or lane.flying <= in_flight
        sent_at.append(now)
        answers.append(now + answer)
    for last in sent_at:
        minute = [s for s in (*earlier, *sent_at) if last - MINUTE < s <= last]
        assert len(minute) <= per_minute


def test_a_shut_lane_opens_no_more() -> None:
    lane = Lane()
    lane.join((0.0, 0), "a")
    assert lane.opens(5.0) == 5.0
    lane.shut = NoCredit("empty")
    assert lane.opens(5.0) is None
    assert lane.clear() == ["a"]


def test_earlier_requests_hold_the_minute() -> None:
    lane = Lane(Limits(per_minute=2))
    lane.remember(-10.0)
    lane.remember(5.0)  # on its way: it may arrive only then
    lane.join((0.0, 0), "a")
    assert lane.opens(0.0) == 50.0
    assert lane.opens(50.0) == 50.0
