"""Back-off, polls and the queue of one provider."""

from __future__ import annotations

from math import log
from random import Random
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelmake.errors import NoCredit
from reelmake.model.medium import CLIP, MEDIA, MUSIC, SPEECH, STILL, Medium
from reelmake.model.provider import Limits
from reelmake.plan.provider_queue import (
    LATEST_POLL,
    LONGEST_ASKED,
    LONGEST_REST,
    LOOKS_A_SECOND,
    MINUTE,
    SHARE,
    SOON,
    JobClass,
    ProviderQueue,
    job_class,
    next_poll,
    rest,
    sort_of,
)
from reelmake.plan.usual import Usual

GUESS = CLIP.guess


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


# When to look


@given(st.floats(0, 1e6), st.floats(0.1, 600), st.none() | st.floats(0.01, 1e3), st.lists(st.floats(0.1, 1e4)))
def test_polls_are_neither_hasty_nor_forgotten(
    age: float, seconds: float, told: float | None, ended: list[float]
) -> None:
    usual = Usual(told or GUESS, told=told is not None)
    for end in ended:
        usual.learn(end * 0.9, end)
    wait = next_poll(age, usual, seconds)
    assert 0.5 <= wait <= max(LATEST_POLL, 0.05 * age, 0.2 * usual.mean * seconds) * 1.0001
    assert wait <= max(SOON, SHARE * age)


def asked(job: float, usual: Usual, seconds: float = 4.0) -> tuple[int, float]:
    """How often a job of so many seconds is asked about, and how late its end is noticed, as a share of it."""
    age, before, polls = 0.0, 0.0, 0
    while age < job:
        before, age = age, age + next_poll(age, usual, seconds)
        polls += 1
    usual.learn(before / seconds, age / seconds)
    return polls, (age - job) / job


def fewest(job: float) -> float:
    """How often a job is asked about if each wait is as long as its age allows."""
    return SHARE**-1 + log(max(1.0, job * SHARE / SOON), 1 + SHARE) + 1


LENGTHS = [0.7, 1.0, 3.0, 8.0, 20.0, 45.0, 90.0, 300.0, 700.0, 1200.0]


@pytest.mark.parametrize("job", LENGTHS)
@pytest.mark.parametrize("told", [None, 0.2, 5.0, 75.0, 400.0])
def test_an_end_is_noticed_soon_whatever_was_expected(job: float, told: float | None) -> None:
    """Also by who has learned otherwise: a job of 0.7 s where they usually take five minutes, and the reverse."""
    usual = Usual(told or GUESS, told=told is not None)
    for _ in range(3):
        polls, late = asked(job, usual)
        assert late * job <= max(1.0, 0.1 * job)
        assert polls <= fewest(job) + 14 or (told or GUESS) * 4 < job / 2  # then looks were spent where it ends never


@given(
    st.floats(0.3, 1200.0),
    st.sampled_from(list(MEDIA.values())),
    st.floats(0.5, 120.0),
    st.none() | st.floats(0.001, 5000.0),
    st.lists(st.floats(0.3, 4000.0), max_size=12),
)
def test_no_end_is_noticed_late_whatever_history_says(
    job: float, medium: Medium, seconds: float, told: float | None, before: list[float]
) -> None:
    """Within a second or a tenth of its length; and no look is one that its age did not ask for."""
    lasts = seconds if medium in (CLIP, MUSIC) else 1.0
    kind = job_class((("medium", medium.name), ("model", "m1"), ("seconds", str(lasts))))
    queue = ProviderQueue(learned={} if told is None else {kind.sort: told})
    queue.go()
    for length in before:
        queue.learn(kind, length * 0.95, length * 1.05)
    age, looks = 0.0, list[float]()
    while age < job:
        wait = queue.wait(kind, age)
        assert wait >= 0.5
        age += wait
        looks.append(age)
    assert age - job <= max(1.0, 0.1 * job)
    assert len(looks) <= fewest(job) + 16  # as many as are gathered around an end that does not come


def test_an_order_is_looked_after_soon_where_nothing_is_known_of_it() -> None:
    for medium, job in ((STILL, 5.0), (SPEECH, 1.0), (MUSIC, 12.0)):
        kind = job_class((("medium", medium.name), ("seconds", "30" if medium is MUSIC else "1")))
        queue, age, looks = ProviderQueue(), 0.0, 0
        while age < job:
            age, looks = age + queue.wait(kind, age), looks + 1
        assert age - job <= max(0.5, 0.1 * job)
        assert looks <= 16


def test_of_many_jobs_each_is_asked_about_less_often() -> None:
    usual = Usual(GUESS)
    assert next_poll(5.0, usual, 4.0, others=3) == SOON
    assert next_poll(5.0, usual, 4.0, others=100) == 100 / LOOKS_A_SECOND
    assert next_poll(5.0, usual, 4.0, after=2.0, others=100) == 2.0  # what the provider says counts more
    queue = ProviderQueue()
    for _ in range(100):
        queue.go()
    assert queue.wait(JobClass("m1", 4.0), 5.0) == 99 / LOOKS_A_SECOND
    assert queue.wait(JobClass("m1", 4.0), 5.0, after=2.0) == 2.0


def test_a_job_of_five_minutes_costs_few_polls_also_the_first_one_at_an_unknown_provider() -> None:
    usual, chance = Usual(GUESS), Random(1)
    jobs = [asked(300.0 * chance.lognormvariate(0, 0.05), usual) for _ in range(30)]
    assert jobs[0][1] <= 0.1
    assert max(polls for polls, _ in jobs) < fewest(300.0) + 8
    assert mean(late for _, late in jobs) < 0.03
    assert mean(late < 0.05 for _, late in jobs) >= 0.9


def test_the_first_job_of_a_run_is_not_blind_if_earlier_runs_have_learned() -> None:
    chance = Random(4)
    jobs = [asked(300.0 * chance.lognormvariate(0, 0.05), Usual(75.0, told=True)) for _ in range(30)]
    assert max(polls for polls, _ in jobs) < fewest(300.0) + 8
    assert mean(late for _, late in jobs) < 0.04


@pytest.mark.parametrize("length", [3.0, 30.0, 3000.0, 10800.0])
def test_any_punctual_provider_is_understood_after_a_few_jobs(length: float) -> None:
    usual, chance = Usual(GUESS), Random(2)
    jobs = [asked(length * chance.lognormvariate(0, 0.03), usual) for _ in range(20)]
    assert mean(polls for polls, _ in jobs[5:]) < fewest(length) + 8
    assert mean(late for _, late in jobs[5:]) < max(0.04, 0.5 / length)


def test_two_usual_lengths_are_both_remembered() -> None:
    usual, chance = Usual(GUESS), Random(3)
    jobs = [(length, *asked(length, usual)) for length in (chance.choice((60.0, 300.0)) for _ in range(60))][20:]
    for length in (60.0, 300.0):
        assert mean(late for job, _, late in jobs if job == length) * length < 0.03 * 180
        assert mean(polls for job, polls, _ in jobs if job == length) < fewest(length) + 12


def test_a_longer_clip_takes_longer_in_proportion() -> None:
    usual = Usual(GUESS)
    for _ in range(5):
        asked(300.0, usual, seconds=4.0)
    polls, late = asked(600.0, usual, seconds=8.0)
    assert polls < fewest(600.0) + 8
    assert late < 0.05


def test_a_provider_that_changes_its_pace_is_followed() -> None:
    usual = Usual(GUESS)
    for _ in range(50):
        asked(300.0, usual)
    jobs = [asked(120.0, usual) for _ in range(30)]
    assert mean(late for _, late in jobs[20:]) < 0.06


def test_a_fast_job_is_noticed_fast() -> None:
    assert asked(1.0, Usual(GUESS))[1] < 1.0


def test_what_the_provider_says_about_polling_is_heard() -> None:
    usual = Usual(75.0, told=True)
    assert next_poll(100.0, usual, 4.0, after=7.0) == 7.0
    assert next_poll(100.0, usual, 4.0, after=0.0) == 0.5
    assert next_poll(100.0, usual, 4.0, after=1e9) == LONGEST_ASKED


def test_the_class_of_a_job_is_what_is_asked_of_which_model_and_the_length_of_its_clip() -> None:
    assert job_class((("model", "m1"), ("seconds", "9/2"))) == JobClass("m1", 4.5)
    assert job_class((("model", "m1"), ("operation", "extend"))) == JobClass("m1 extend", 1.0)
    assert job_class((("model", "m1"), ("medium", "still"))) == JobClass("m1 still", 1.0, STILL.guess)
    assert job_class((("medium", "speech"),)) == JobClass("speech", 1.0, SPEECH.guess)
    assert job_class(()) == JobClass("", 1.0)
    assert job_class((("seconds", "?"),)) == JobClass("", 1.0)
    assert sort_of("m1", "still", "edit") == "m1 still edit"


def test_stills_are_not_looked_after_as_clips_of_the_same_model_are() -> None:
    """Nor does a run that has seen both remember one for the other."""
    clip, still = job_class((("model", "omni"), ("seconds", "4"))), job_class((("model", "omni"), ("medium", "still")))
    queue = ProviderQueue(learned={"omni": 75.0})
    for _ in range(5):
        queue.learn(clip, 290.0, 300.0)
        queue.learn(still, 5.0, 5.5)
    assert queue.seen["omni"] == pytest.approx(74.0, rel=0.01)
    assert queue.seen["omni still"] == pytest.approx(5.25, rel=0.01)


# The queue


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
    queue = ProviderQueue(Limits(in_flight, per_minute))
    for sent in earlier:
        queue.remember(sent)
    now, sent_at, answers, landings = 0.0, [], [], []

    def settle() -> None:
        for when, done in sorted((a, n) for n, a in enumerate(answers) if a is not None):
            if when <= now:
                answers[done] = None
                queue.answered(when, accepted=True)
                landings.append(when + jobs[done][2])
        for when in sorted(landings):
            if when <= now:
                landings.remove(when)
                queue.landed()

    for n, (pause, answer, _) in enumerate(jobs):
        now += pause
        settle()
        queue.join((0.0, n), str(n))
        while (opens := queue.opens(now)) is None or opens > now:
            later = [a for a in answers if a is not None] + landings + ([opens] if opens is not None else [])
            now = min(later)
            settle()
        assert queue.next(now) == str(n)
        queue.go()
        assert in_flight is None or queue.in_flight <= in_flight
        sent_at.append(now)
        answers.append(now + answer)
    for last in sent_at:
        minute = [s for s in (*earlier, *sent_at) if last - MINUTE < s <= last]
        assert len(minute) <= per_minute


def test_a_shut_lane_opens_no_more() -> None:
    queue = ProviderQueue()
    queue.join((0.0, 0), "a")
    assert queue.opens(5.0) == 5.0
    queue.shut = NoCredit("empty")
    assert queue.opens(5.0) is None
    assert queue.clear() == ["a"]


def test_earlier_requests_hold_the_minute() -> None:
    queue = ProviderQueue(Limits(per_minute=2))
    queue.remember(-10.0)
    queue.remember(5.0)  # on its way: it may arrive only then
    queue.join((0.0, 0), "a")
    assert queue.opens(0.0) == 50.0
    assert queue.opens(50.0) == 50.0
