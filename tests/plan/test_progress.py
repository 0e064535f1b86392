"""The state machine by playbook: what is said to it and what it answers. No event loop, no clock, no disk."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from reelmake import errors
from reelmake.diagnostics import Source, Span
from reelmake.model import events
from reelmake.model.provider import Limits
from reelmake.model.step import Input, Step
from reelmake.plan.commands import Keep
from reelmake.plan.key import key
from reelmake.plan.mandate import Goal, History, Policy
from reelmake.plan.progress import Progress
from reelmake.plan.waitlist import State
from tests.support.playbook import Playbook, attempt
from tests.support.world import mix, shot, steps

A = shot("a", "a kite")
B = shot("b", "a tram")
KEY_A = key(A, {})


def one() -> Playbook:
    return Playbook(steps(A))


ROAD = """
    > began
    < look a
    > looked a: nothing
    < tell StepStarted a
    < intend a #1
    > intended a
    < submit a
    > sent a: job-1
    @ 0.5
    > ticked
    < poll a
    > polled a: ready
    < fetch a
    > fetched a
    < keep a
    > made a: bytes
"""


def test_the_whole_road_of_a_paid_shot() -> None:
    machine = one().play(ROAD)
    assert machine.finished
    result = machine.results["shot:a"]
    assert (result.state, result.made, machine.paid.budget.spent) == (State.DONE, True, Decimal(4))


# Answers with the result

ANSWERED = (
    ROAD.partition("> sent")[0]
    + """
    > answered a
    < fetch a
"""
)
LOST = [attempt(KEY_A, "a", taken=True)]


def test_a_result_that_comes_with_the_answer_is_checked_and_kept_like_any_other() -> None:
    machine = one().play(ANSWERED + """
        > fetched a
        < keep a
        > made a: bytes
    """)  # fmt: skip
    assert machine.finished
    assert (machine.results["shot:a"].state, machine.paid.budget.spent, machine.paid.kept) == (
        State.DONE,
        Decimal(4),
        1,
    )


def test_its_place_is_free_as_soon_as_it_is_here() -> None:
    Playbook(steps(A, B), limits=Limits(in_flight=1)).play("""
        > began
        < look a
        < look b
        > looked a: nothing
        < tell StepStarted a
        < intend a #1
        > looked b: nothing
        > intended a
        < submit a
        > answered a
        < fetch a
        < tell StepStarted b
        < intend b #1
    """)


def test_what_cannot_be_kept_is_tried_again_while_it_is_here_and_is_lost_then() -> None:
    book = one()
    machine = book.play(ANSWERED + """
        > fetched a
        < keep a
        > broke a: localtool the disk is full
        < tell StepRetrying a
    """)  # fmt: skip
    for _ in range(4):
        assert wait(book) == ["fetch a"]
        assert [book._drawn(c) for c in book._said("fetched a")] == ["keep a"]
        assert [book._drawn(c) for c in book._said("broke a: localtool the disk is full")] == ["tell StepRetrying a"]
    wait(book)
    book._said("fetched a")
    book.play("""
        > broke a: localtool the disk is full
        < tell StepFailed a
    """)  # and no close: it may be paid for
    error = machine.results["shot:a"].error
    assert isinstance(error, errors.Ambiguous)
    assert error.next_steps == ("reelmake jobs ls", "reelmake jobs rm token-1")


def test_at_an_interruption_it_is_stored_while_it_is_here() -> None:
    machine = one().play(ANSWERED + """
        > fetched a
        < keep a
        > broke a: localtool the disk is full
        < tell StepRetrying a
        > interrupted
        < fetch a
        < tell Stopping
        > fetched a
        < keep a
        > made a: bytes
    """)  # fmt: skip
    assert machine.finished
    assert machine.results["shot:a"].state is State.DONE


def test_at_an_interruption_what_cannot_be_stored_is_said_to_be_lost() -> None:
    machine = one().play(ANSWERED + """
        > interrupted
        < tell Stopping
        > fetched a
        < keep a
        > broke a: localtool the disk is full
        < tell StepFailed a
    """)  # fmt: skip
    assert machine.finished
    assert isinstance(machine.results["shot:a"].error, errors.Ambiguous)


def test_a_lost_result_of_an_earlier_run_is_a_question_and_not_ordered_again() -> None:
    machine = Playbook(steps(A), attempts=LOST).play("""
        > began
        < look a
        > looked a: nothing
        < find a
        > broke a: ambiguous this provider has no list
        < tell StepFailed a
    """)
    assert isinstance(machine.results["shot:a"].error, errors.Ambiguous)


def test_a_result_of_an_earlier_run_that_is_in_the_store_is_only_noted() -> None:
    Playbook(steps(A), attempts=LOST).play("""
        > began
        < look a
        > looked a: bytes made then
        < settle a bytes
    """)


def test_a_take_of_somebody_else_does_not_settle_an_order_whose_answer_was_lost() -> None:
    """It was brought from another shelf, so nobody says of which job it is; ours may be paid for all the same."""
    Playbook(steps(A), attempts=[attempt(KEY_A, "a")]).play("""
        > began
        < look a
        > looked a: bytes made then
        < find a
    """)


def test_what_the_plan_did_not_say_is_not_ordered() -> None:
    """Its source came out otherwise than the plan reckoned, or a file was edited: nobody has agreed to that order."""
    machine = Playbook(steps(A, B), agreed={"shot:a"}).play("""
        > began
        < look a
        < look b
        > looked b: nothing
        < tell StepFailed b
        > looked a: nothing
        < tell StepStarted a
        < intend a #1
    """)
    error = machine.results["shot:b"].error
    assert isinstance(error, errors.Unwilling)
    assert error.code == "RM803"


def test_what_is_in_the_store_is_not_made() -> None:
    machine = one().play("""
        > began
        < look a
        > looked a: bytes
    """)
    assert machine.finished
    assert (machine.results["shot:a"].made, machine.paid.budget.spent) == (False, 0)


def test_local_work_takes_the_pool_and_not_the_journal() -> None:
    book = Playbook(steps(mix("x", "x"), mix("y", "y"), mix("z", "z")), workers=2)
    machine = book.play("""
        > began
        < look x
        < look y
        < look z
        > looked x: nothing
        < tell StepStarted x
        < run x
        > looked y: nothing
        < tell StepStarted y
        < run y
        > looked z: nothing
        > made x: 1
        < tell StepStarted z
        < run z
        > made z: 3
        > made y: 2
    """)
    assert machine.finished


def test_urgent_work_goes_first() -> None:
    book = Playbook(steps(mix("x", "x"), mix("y", "y"), mix("z", "z")), workers=1, priority={"z": 9.0, "y": 5.0})
    book.play("""
        > began
        < look x
        < look y
        < look z
        > looked x: nothing
        < tell StepStarted x
        < run x
        > looked y: nothing
        > looked z: nothing
        > made x: 1
        < tell StepStarted z
        < run z
        > made z: 3
        < tell StepStarted y
        < run y
    """)


def test_the_same_order_twice_is_one_attempt_and_both_get_its_take() -> None:
    twin = shot("twin", "a kite")
    machine = Playbook(steps(A, twin)).play(ROAD)
    assert machine.finished
    assert [machine.results[i].made for i in ("shot:a", "shot:twin")] == [True, False]
    assert machine.results["shot:twin"].take == machine.results["shot:a"].take


def test_early_cut_off_a_rebuilt_parent_with_the_same_bytes_leaves_its_child_fresh() -> None:
    child = mix("child", "c", Input("clip", step="parent"))
    machine = Playbook(steps(mix("parent", "p"), child)).play("""
        > began
        < look parent
        > looked parent: nothing
        < tell StepStarted parent
        < run parent
        > made parent: same
        < look child
        > looked child: kept
    """)
    assert not machine.results["child"].made


def test_an_input_may_be_keyed_by_the_clip_it_was_cut_from() -> None:
    clip, still = Input("clip", step="shot:a"), mix("still", "s", Input("clip", step="shot:a"))
    follows = shot("next", "she walks", Input("image", step="still", of=clip))
    machine = Playbook(steps(A, still, follows)).play("""
        > began
        < look a
        > looked a: bytes
        < look still
        > looked still: this decoder's picture
        < look next
        > looked next: clip
    """)
    assert machine.results["shot:next"].key == key(follows, {"image": "bytes"})


def test_a_failure_stops_only_what_depends_on_it() -> None:
    board = steps(A, B, mix("x", "x", Input("c", step="shot:a")), mix("end", "e", Input("c", step="x")))
    machine = Playbook(board).play("""
        > began
        < look a
        < look b
        > looked a: nothing
        < tell StepStarted a
        < intend a #1
        > intended a
        < submit a
        > broke a: refused moderation
        < close a refused
        < tell StepFailed a
        < tell StepSkipped x
        < tell StepSkipped end
        > looked b: bytes
    """)
    assert machine.finished
    assert machine.results["end"].because == "shot:a"
    assert machine.results["shot:b"].state is State.DONE


def test_an_ambiguous_order_is_never_sent_again_and_stays_open() -> None:
    twin = shot("twin", "a kite", Input("after", step="shot:b", of=Input("after", file="same")))
    lone = shot("lone", "a kite", Input("after", file="same"))
    book = Playbook(steps(B, lone, twin), files={"same": "0"})
    machine = book.play("""
        > began
        < look b
        < look lone
        > looked lone: nothing
        < tell StepStarted lone
        < intend lone #1
        > intended lone
        < submit lone
        > broke lone: ambiguous the line went dead
        < tell StepRetrying lone
        @ 15
        > ticked
        < find lone
        > broke lone: ambiguous this provider has no list
        < tell StepFailed lone
        > looked b: bytes
        < tell StepFailed twin
    """)
    assert machine.finished
    error = machine.results["shot:twin"].error
    assert isinstance(error, errors.Ambiguous)
    assert any("jobs adopt" in s for s in error.next_steps)


def test_an_order_without_an_answer_is_looked_for_in_the_same_run() -> None:
    machine = one().play("""
        > began
        < look a
        > looked a: nothing
        < tell StepStarted a
        < intend a #1
        > intended a
        < submit a
        > broke a: ambiguous the line went dead
        < tell StepRetrying a
        @ 15
        > ticked
        < find a
        > found a: job-1
        < tell Adopted a
        @ 15.5
        > ticked
        < poll a
    """)
    assert not machine.finished


def test_one_goes_ahead_when_a_provider_is_in_trouble() -> None:
    book = Playbook(steps(A, B))
    book.play("""
        > began
        < look a
        < look b
        > looked a: nothing
        < tell StepStarted a
        < intend a #1
        > looked b: nothing
        < tell StepStarted b
        < intend b #1
        > intended a
        < submit a
        > intended b
        < submit b
        > broke a: transient after 10
        < close a not-sent
        < tell StepRetrying a
        > broke b: transient after 10
        < close b not-sent
        < tell StepRetrying b
        @ 20
        > ticked
        < intend a #2
        > intended a
        < submit a
        > sent a: job-1
        < intend b #2
    """)


def test_not_sent_is_closed_and_tried_again_later() -> None:
    book = one()
    book.play("""
        > began
        < look a
        > looked a: nothing
        < tell StepStarted a
        < intend a #1
        > intended a
        < submit a
        > broke a: transient after 7
        < close a not-sent
        < tell StepRetrying a
        @ 6.9
        > ticked
        @ 9
        > ticked
        < intend a #2
        > intended a
        < submit a
        > sent a: job-1
    """)


def test_tries_are_bounded() -> None:
    book = one()
    book.play("""
        > began
        < look a
        > looked a: nothing
        < tell StepStarted a
        < intend a #1
    """)
    closed = 0
    for _ in range(50):
        if book.machine.finished:
            break
        commands = book._said("intended a")
        commands += book._said("broke a: transient no route")
        closed += 1
        if book.machine.wake is not None:
            book.now = book.machine.wake
            book._said("ticked")
    assert closed == 6
    assert isinstance(book.machine.results["shot:a"].error, errors.Transient)


def test_no_credit_starts_nothing_more_there_but_what_flies_is_followed() -> None:
    c = shot("c", "a cat")
    machine = Playbook(steps(A, B, c), limits=Limits(in_flight=2)).play("""
        > began
        < look a
        < look b
        < look c
        > looked a: nothing
        < tell StepStarted a
        < intend a #1
        > looked b: nothing
        < tell StepStarted b
        < intend b #1
        > looked c: nothing
        > intended a
        < submit a
        > sent a: job-1
        > intended b
        < submit b
        > broke b: nocredit the account is empty
        < close b refused
        < tell StepFailed c
        < tell StepFailed b
        @ 0.5
        > ticked
        < poll a
        > polled a: ready
        < fetch a
        > fetched a
        < keep a
        > made a: bytes
    """)
    assert machine.finished
    assert isinstance(machine.results["shot:c"].error, errors.NoCredit)
    assert machine.results["shot:a"].state is State.DONE


def test_who_is_to_try_later_where_nothing_more_is_sent_does_not_wait_for_ever() -> None:
    machine = Playbook(steps(A, B)).play("""
        > began
        < look a
        < look b
        > looked a: nothing
        < tell StepStarted a
        < intend a #1
        > looked b: nothing
        < tell StepStarted b
        < intend b #1
        > intended a
        < submit a
        > intended b
        < submit b
        > broke a: nocredit the account is empty
        < close a refused
        < tell StepFailed a
        > broke b: transient 503
        < close b not-sent
        < tell StepRetrying b
        < tell StepFailed b
    """)
    assert machine.finished
    assert isinstance(machine.results["shot:b"].error, errors.NoCredit)


def test_a_failed_poll_is_no_failed_job() -> None:
    book = one()
    book.play(ROAD.partition("> polled")[0])
    said: list[str] = []
    for _ in range(12):
        said += [book._drawn(c) for c in book._said("broke a: transient 502")]
        assert book.machine.wake is not None
        book.now = book.machine.wake
        assert [book._drawn(c) for c in book._said("ticked")] == ["poll a"]
    assert said == ["tell Warned a"]  # once, and not at the first
    book.play("""
        > polled a: ready 3.5
        < fetch a
        > fetched a
        < keep a
        > made a: bytes
    """)
    assert book.machine.paid.budget.spent == Decimal("3.5")


def test_a_job_that_nobody_can_ask_about_is_left_open_in_the_end() -> None:
    book = one()
    book.play(ROAD.partition("> polled")[0])
    commands = []
    while not book.machine.finished:
        commands = book._said("broke a: transient 502")
        if not book.machine.finished:
            book.now = book.machine.wake or 0.0
            book._said("ticked")
    assert 900 <= book.now < 1100
    assert [book._drawn(c) for c in commands] == ["tell StepFailed a"]  # and no close: it is paid for
    assert "reelmake build" in book.machine.results["shot:a"].error.next_steps


def wait(book: Playbook) -> list[str]:
    """Until the machine wants to be woken; what it says then."""
    assert book.machine.wake is not None
    book.now = book.machine.wake
    return [book._drawn(c) for c in book._said("ticked")]


def test_gone_is_believed_the_sixth_time_in_a_row_after_one_to_two_minutes() -> None:
    book = one()
    book.play(ROAD.partition("> polled")[0])
    for _ in range(5):
        assert book._said("broke a: gone 404") == []
        assert wait(book) == ["poll a"]
    assert 60 < book.now < 121
    book.play("""
        > broke a: gone 404
        < close a failed
        < tell StepFailed a
    """)
    error = book.machine.results["shot:a"].error
    assert error.next_steps == ("reelmake jobs adopt job-1 --shot a", "reelmake build")
    assert "$4.00 may be charged" in str(error)
    assert book.machine.paid.budget.risked == Decimal(4)


@pytest.mark.parametrize("stage", ["> polled", "> fetched"])
def test_gone_that_is_said_now_and_then_is_not_believed(stage: str) -> None:
    book = one()
    book.play(ROAD.partition(stage)[0])
    for said in ["gone 404", "gone 404", "transient 502"] * 4 + ["gone 404"] * 5:
        commands = [book._drawn(c) for c in book._said(f"broke a: {said}")]
        assert [c for c in commands if "Retrying" not in c] == []
        wait(book)
    book.play(stage + """ a: ready
        < fetch a
    """ if stage == "> polled" else """
        > fetched a
        < keep a
    """)  # fmt: skip


def test_a_completed_job_without_a_clip_is_asked_for_again_and_then_closed_as_maybe_charged() -> None:
    book = one()
    book.play(ROAD.partition("> fetched")[0])
    began = book.now
    for _ in range(5):
        assert [book._drawn(c) for c in book._said("broke a: gone no content")] == ["tell StepRetrying a"]
        assert wait(book) == ["fetch a"]
    assert 60 < book.now - began < 121
    book.play("""
        > broke a: gone no content
        < close a failed
        < tell StepFailed a
    """)
    error = book.machine.results["shot:a"].error
    assert isinstance(error, errors.Gone)
    assert "is completed, and has no clip of it (no content); $4.00 may be charged" in str(error)
    assert error.next_steps[0] == "reelmake jobs adopt job-1 --shot a"


@pytest.mark.parametrize(
    ("code", "outcome", "kind"),
    [
        ("RM920", "refused", errors.Refused),
        ("RM930", "failed", errors.NoCredit),
        ("RM950", "failed", errors.Gone),
        ("RM900", "failed", errors.StepError),
        ("RM910", "failed", errors.StepError),
    ],
)
def test_a_dead_job_is_closed_and_not_ordered_again(code: str, outcome: str, kind: type) -> None:
    book = one()
    book.play(ROAD.partition("> polled")[0])
    machine = book.play(f"""
        > polled a: dead {code} the render broke
        < close a {outcome}
        < tell StepFailed a
    """)
    assert machine.finished
    error = machine.results["shot:a"].error
    assert (type(error), error.code) == (kind, code)
    assert "the render broke ($4.00 maybe charged)" in str(error)
    assert "reelmake build" in error.next_steps
    assert (machine.paid.budget.spent, machine.paid.budget.risked) == (0, 4)


def test_what_the_provider_says_of_the_money_wins() -> None:
    book = one()
    machine = book.play(ROAD.replace("a: job-1", "a: job-1 for 3").replace("a: ready", "a: dead RM900 it broke, for 0")
        .partition("< fetch")[0] + """
        < close a failed 0
        < tell StepFailed a
    """)  # fmt: skip
    assert (machine.paid.budget.spent, machine.paid.budget.risked) == (0, 0)
    assert "(not charged)" in str(machine.results["shot:a"].error)
    book = one()
    machine = book.play(ROAD.replace("a: job-1", "a: job-1 for 3"))
    assert machine.paid.budget.spent == Decimal(3)
    book = one()
    machine = book.play(ROAD.replace("a: job-1", "a: job-1 for 3").replace("a: ready", "a: ready 2.5"))
    assert machine.paid.budget.spent == Decimal("2.5")


# Moderation

MODERATED = """
    > polled a: dead RM921 a likeness
    < close a moderated
"""
FAILS = "< tell StepFailed a"
AGAIN = """
    < tell StepRetrying a
    < intend a #2
    > intended a
    < submit a
    > sent a: job-2
    @ 1
    > ticked
    < poll a
"""


def willing(times: int) -> Step:
    return replace(A, work=replace(A.work, retry_moderation=times))


def test_a_moderated_clip_is_not_ordered_again_unasked() -> None:
    book = one()
    machine = book.play(ROAD.partition("> polled")[0] + MODERATED + FAILS)
    error = machine.results["shot:a"].error
    assert isinstance(error, errors.Moderated)
    assert str(error) == "studio refused the finished clip: a likeness ($4.00 maybe charged)"
    assert any("retry_moderation" in step for step in error.next_steps)


def test_a_moderated_clip_is_ordered_again_as_often_as_was_asked_and_both_count() -> None:
    book = Playbook(steps(willing(1)), budget=Decimal(8))
    machine = book.play(ROAD.partition("> polled")[0] + MODERATED + AGAIN + MODERATED + FAILS)
    assert machine.paid.budget.risked == Decimal(8)
    told = next(e for e in book.told if isinstance(e, events.StepRetrying))
    assert "$4.00 maybe charged" in told.reason


def test_orders_of_earlier_runs_count_in_the_retries() -> None:
    book = Playbook(steps(willing(1)), moderated={KEY_A: 1})
    book.play(ROAD.partition("> polled")[0] + MODERATED + FAILS)
    book = Playbook(steps(willing(2)), moderated={KEY_A: 1})
    book.play(ROAD.partition("> polled")[0] + MODERATED + AGAIN + MODERATED + FAILS)


def test_a_retry_that_would_pass_the_budget_is_not_made() -> None:
    book = Playbook(steps(willing(5)), budget=Decimal(7))
    machine = book.play(ROAD.partition("> polled")[0] + MODERATED + FAILS)
    assert isinstance(machine.results["shot:a"].error, errors.Moderated)


def test_a_refund_makes_room_for_the_retry() -> None:
    book = Playbook(steps(willing(5)), budget=Decimal(7))
    refunded = MODERATED.replace("likeness", "likeness, for 0").replace("moderated", "moderated 0")
    book.play(ROAD.partition("> polled")[0] + refunded + AGAIN + MODERATED + FAILS)


@pytest.mark.parametrize("code", ["RM920", "RM900", "RM950", "RM930"])
def test_other_ends_are_never_ordered_again(code: str) -> None:
    book = Playbook(steps(willing(9)))
    book.play(ROAD.partition("> polled")[0] + f"""
        > polled a: dead {code} no
        < close a {"refused" if code == "RM920" else "failed"}
        < tell StepFailed a
    """)  # fmt: skip


def test_a_moderated_order_is_never_sent_again() -> None:
    book = Playbook(steps(willing(9)))
    machine = book.play(ROAD.partition("> sent")[0] + """
        > broke a: moderated the prompt
        < close a refused
        < tell StepFailed a
    """)  # fmt: skip
    assert machine.paid.budget.risked == 0


def test_a_moderated_clip_of_an_earlier_run_that_nobody_wants_is_not_ordered_again() -> None:
    machine = Playbook(steps(B), attempts=[attempt("old", "a", remote="job-1")]).play("""
        > began
        < look a
        < look b
        > looked a: nothing
        < tell Adopted a
        < poll a
        > looked b: bytes
        > polled a: dead RM921 a likeness
        < close a moderated
        < tell Noted a
    """)
    assert machine.finished


# Sources

CHILD = shot("c", "at dusk", Input("source", step="shot:a"), operation="remix")
SOURCELESS = """
    > began
    < look a
    > looked a: bytes from job-0
    < look c
    > looked c: nothing
    < tell StepStarted c
    < intend c #1
    > intended c
    < submit c
    > broke c: gone 404 no such video
    < close c refused
"""


def remix(policy: str) -> dict[str, Step]:
    return steps(A, replace(CHILD, work=replace(CHILD.work, if_gone=policy)))


@pytest.mark.parametrize("policy", ["stop", "regenerate"])
def test_a_source_that_is_gone_by_surprise_stops_its_shot(policy: str) -> None:
    machine = Playbook(remix(policy)).play(SOURCELESS + "< tell StepFailed c")
    error = machine.results["shot:c"].error
    assert isinstance(error, errors.Gone)
    assert "no longer at studio" in str(error)


@pytest.mark.parametrize("policy", ["upload", "continue"])
def test_a_source_that_is_gone_by_surprise_is_done_without_once(policy: str) -> None:
    book = Playbook(remix(policy))
    book.play(SOURCELESS + """
        < tell StepRetrying c
        < intend c #2 bare
        > intended c via
        < submit c
        > broke c: gone 404 no such video
        < close c refused
        < tell StepFailed c
    """)  # fmt: skip


# Lookalikes

BLUE = shot("blue", "slow push in", Input("image", file="blue.png"))
RED = shot("red", "slow push in", Input("image", file="red.png"))


def test_orders_that_a_list_cannot_tell_apart_never_wait_for_an_answer_at_the_same_time() -> None:
    book = Playbook(steps(BLUE, RED), files={"blue.png": "1", "red.png": "2"})
    book.play("""
        > began
        < look blue
        < look red
        > looked blue: nothing
        < tell StepStarted blue
        < intend blue #1
        > looked red: nothing
        > intended blue
        < submit blue
        > broke blue: ambiguous timeout
        < tell StepRetrying blue
        @ 15
        > ticked
        < find blue
        > found blue: job-1
        < tell Adopted blue
        < tell StepStarted red
        < intend red #1
        > intended red
        < submit red
        > sent red: job-2
    """)


def test_who_waits_for_an_ambiguous_order_fails_with_the_provider() -> None:
    book = Playbook(steps(BLUE, RED), files={"blue.png": "1", "red.png": "2"})
    machine = book.play("""
        > began
        < look blue
        < look red
        > looked blue: nothing
        < tell StepStarted blue
        < intend blue #1
        > looked red: nothing
        > intended blue
        < submit blue
        > broke blue: noaccess 401
        < close blue refused
        < tell StepFailed red
        < tell StepFailed blue
    """)
    assert machine.finished


def test_takes_of_one_order_are_sent_together() -> None:
    one, two = shot("a1", "a kite"), shot("a2", "a kite", take=2)
    book = Playbook(steps(one, two))
    book.play("""
        > began
        < look a1
        < look a2
        > looked a1: nothing
        < tell StepStarted a1
        < intend a1 #1
        > looked a2: nothing
        < tell StepStarted a2
        < intend a2 #1
    """)


def test_a_cut_off_download_is_tried_again_and_never_ordered_again() -> None:
    book = one()
    machine = book.play(
        ROAD.partition("> fetched")[0]
        + """
        > broke a: localtool the clip is cut off
        < tell StepRetrying a
        @ 3
        > ticked
        < fetch a
        > fetched a
        < keep a
        > made a: bytes
    """
    )
    assert machine.finished


def test_a_download_that_never_works_leaves_the_attempt_open() -> None:
    book = one()
    book.play(ROAD.partition("> fetched")[0])
    drawn: list[str] = []
    while not book.machine.finished:
        drawn += [book._drawn(c) for c in book._said("broke a: transient 500")]
        if not book.machine.finished:
            book.now = book.machine.wake or 0.0
            book._said("ticked")
    assert drawn == ["tell StepRetrying a"] * 5 + ["tell StepFailed a"]


# Attempts of earlier runs


def test_an_open_attempt_is_followed_and_nothing_new_is_sent_for_its_key() -> None:
    machine = Playbook(steps(A), attempts=[attempt(KEY_A, "a", remote="job-1")]).play("""
        > began
        < look a
        > looked a: nothing
        < tell Adopted a
        < poll a
        > polled a: ready
        < fetch a
        > fetched a
        < keep a
        > made a: bytes
    """)
    assert machine.finished
    assert (machine.results["shot:a"].made, machine.paid.budget.spent) == (True, Decimal(4))


def test_an_attempt_that_no_storyboard_wants_any_more_is_fetched_all_the_same() -> None:
    machine = Playbook(steps(B), attempts=[attempt("old", "a", remote="job-1")]).play("""
        > began
        < look a
        < look b
        > looked a: nothing
        < tell Adopted a
        < poll a
        > looked b: bytes
        > polled a: ready
        < fetch a
        > fetched a
        < keep a
        > made a: bytes
    """)
    assert machine.finished
    assert machine.paid.kept == 1


def test_alone_it_follows_others_only_while_there_is_something_of_its_own() -> None:
    book = Playbook(steps(B), alone=True, attempts=[attempt("old", "a", remote="job-1")])
    machine = book.play("""
        > began
        < look a
        < look b
        > looked a: nothing
        < tell Adopted a
        < poll a
        > looked b: bytes
        < abandon a
    """)
    assert machine.finished
    assert not machine.stopping
    assert book.machine.results["shot:b"].take


def test_alone_with_something_to_make_it_keeps_to_the_limit() -> None:
    Playbook(steps(B), alone=True, limits=Limits(in_flight=1), attempts=[attempt("old", "a", remote="job-1")]).play("""
        > began
        < look a
        < look b
        > looked b: nothing
        > looked a: nothing
        < tell Adopted a
        < poll a
        > polled a: ready
        < fetch a
        < tell StepStarted b
        < intend b #1
    """)


def test_a_run_that_only_sends_ends_when_its_provider_has_the_order() -> None:
    book = Playbook(steps(B), alone=True, sends=True, attempts=[attempt("old", "a", remote="job-1")])
    machine = book.play("""
        > began
        < look a
        < look b
        > looked b: nothing
        < tell StepStarted b
        < intend b #1
        > looked a: nothing
        < tell Adopted a
        < poll a
        > intended b
        < submit b
        > sent b: job-2
        < abandon a
    """)
    assert machine.finished
    assert not machine.stopping
    assert book.machine.results["shot:b"].take is None


def test_a_run_that_only_sends_looks_for_an_order_whose_answer_was_lost() -> None:
    machine = Playbook(steps(B), alone=True, sends=True).play("""
        > began
        < look b
        > looked b: nothing
        < tell StepStarted b
        < intend b #1
        > intended b
        < submit b
        > broke b: ambiguous the line went dead
        < tell StepRetrying b
        @ 15
        > ticked
        < find b
        > found b: job-2
        < tell Adopted b
    """)
    assert machine.finished


def test_a_run_that_only_sends_keeps_what_comes_with_the_answer() -> None:
    machine = Playbook(steps(B), alone=True, sends=True).play("""
        > began
        < look b
        > looked b: nothing
        < tell StepStarted b
        < intend b #1
        > intended b
        < submit b
        > answered b
        < fetch b
        > fetched b
        < keep b
        > made b: bytes
    """)
    assert machine.finished
    assert machine.results["shot:b"].take


def test_of_earlier_orders_only_those_are_followed_that_are_named() -> None:
    orders = [attempt("old", "a", remote="job-1"), attempt("other", "c", remote="job-3")]
    machine = Playbook({}, alone=True, follows=("old",), attempts=orders).play("""
        > began
        < look a
        < look c
        > looked a: nothing
        < tell Adopted a
        < poll a
        > looked c: nothing
        < tell Adopted c
        < poll c
        > polled a: ready
        < fetch a
        > fetched a
        < keep a
        > made a: bytes
        < abandon c
    """)
    assert machine.finished


def test_adopted_jobs_count_against_the_limit_before_anything_new_starts() -> None:
    book = Playbook(steps(B), limits=Limits(in_flight=1), attempts=[attempt("old", "a", remote="job-1")])
    book.play("""
        > began
        < look a
        < look b
        > looked b: nothing
        > looked a: nothing
        < tell Adopted a
        < poll a
        > polled a: ready
        < fetch a
        < tell StepStarted b
        < intend b #1
    """)


def test_a_clip_that_reached_the_store_before_the_crash_is_only_noted() -> None:
    machine = Playbook(steps(A), attempts=[attempt(KEY_A, "a", remote="job-1")]).play("""
        > began
        < look a
        > looked a: bytes from job-1
        < settle a bytes
    """)
    assert machine.finished
    assert machine.results["shot:a"].state is State.DONE


def test_an_intent_without_an_answer_is_looked_for_and_followed_if_found() -> None:
    Playbook(steps(A), attempts=[attempt(KEY_A, "a")]).play("""
        > began
        < look a
        > looked a: nothing
        < find a
        > found a: job-7
        < tell Adopted a
        @ 0.5
        > ticked
        < poll a
    """)


def test_an_intent_that_never_arrived_is_closed_and_sent_as_a_new_one_after_a_third_look() -> None:
    Playbook(steps(A), attempts=[attempt(KEY_A, "a")]).play("""
        > began
        < look a
        > looked a: nothing
        < find a
        > found a: nothing
        < tell StepRetrying a
        @ 15
        > ticked
        < find a
        > found a: nothing
        < tell StepRetrying a
        @ 30
        > ticked
        < find a
        > found a: nothing
        < close a not-sent
        < tell StepStarted a
        < intend a #2
    """)


def test_what_never_arrived_is_ordered_where_its_shot_is_made_now() -> None:
    """Names of providers are in no key: the order of an earlier run may have gone to another one."""
    book = Playbook(steps(A), attempts=[replace(attempt(KEY_A, "a"), provider="other")], providers=("studio", "other"))
    book.play("""
        > began
        < look a
        > looked a: nothing
        < find a
        > found a: nothing
        < tell StepRetrying a
        @ 15
        > ticked
        < find a
        > found a: nothing
        < tell StepRetrying a
        @ 30
        > ticked
        < find a
        > found a: nothing
        < close a not-sent
        < tell StepStarted a
        < intend a #2
        > intended a
        < submit a
        > sent a: job-1
    """)
    assert {name: queue.in_flight for name, queue in book.queues.items()} == {"studio": 1, "other": 0}


def test_an_intent_of_just_now_may_still_arrive_and_a_list_may_be_late() -> None:
    Playbook(steps(A), attempts=[attempt(KEY_A, "a")], sent=-5.0).play("""
        > began
        < look a
        > looked a: nothing
        < find a
        > found a: nothing
        < tell StepRetrying a
        @ 10
        > ticked
        < find a
        > found a: nothing
        < tell StepRetrying a
        @ 25
        > ticked
        < find a
        > found a: nothing
        < tell StepRetrying a
        @ 39
        > ticked
        @ 40
        > ticked
        < find a
        > found a: nothing
        < tell StepRetrying a
        @ 594
        > ticked
        < find a
        > found a: nothing
        < tell StepRetrying a
        @ 595
        > ticked
        < find a
        > found a: nothing
        < close a not-sent
        < tell StepStarted a
        < intend a #2
    """)


def test_an_intent_that_nobody_can_tell_about_fails_what_wants_it_and_nothing_else() -> None:
    machine = Playbook(steps(A, B), attempts=[attempt(KEY_A, "a")]).play("""
        > began
        < look a
        < look b
        > looked a: nothing
        < find a
        > looked b: bytes
        > broke a: ambiguous this provider has no list
        < tell StepFailed a
    """)
    assert machine.finished
    assert isinstance(machine.results["shot:a"].error, errors.Ambiguous)


def test_an_attempt_at_a_provider_that_is_gone_from_the_storyboard_is_left_alone() -> None:
    machine = Playbook(steps(mix("x", "x")), providers=(), attempts=[attempt("old", "a", remote="job-1")]).play("""
        > began
        < look a
        < look x
        > looked a: nothing
        < tell Noted a
        > looked x: bytes
    """)
    assert machine.finished


# Limits, money, locks


def test_a_minute_holds_no_more_than_it_may_also_right_after_a_restart() -> None:
    book = Playbook(steps(A), limits=Limits(per_minute=2), recent=[("studio", -50.0), ("studio", -10.0)])
    book.play("""
        > began
        < look a
        > looked a: nothing
        @ 9
        > ticked
        @ 10
        > ticked
        < tell StepStarted a
        < intend a #1
    """)


def test_the_budget_stops_before_the_order_that_would_pass_it() -> None:
    machine = Playbook(steps(A, B), budget=Decimal(6)).play("""
        > began
        < look a
        < look b
        > looked a: nothing
        < tell StepStarted a
        < intend a #1
        > looked b: nothing
        < tell StepFailed b
        > intended a
        < submit a
        > sent a: job-1
        @ 0.5
        > ticked
        < poll a
        > polled a: ready
        < fetch a
        > fetched a
        < keep a
        > made a: bytes
    """)
    error = machine.results["shot:b"].error
    assert isinstance(error, errors.Unwilling)
    assert error.exit_status == 3


def test_what_an_earlier_run_has_in_flight_counts_in_the_budget() -> None:
    machine = Playbook(steps(B), budget=Decimal(7), attempts=[attempt("old", "a", remote="job-1")]).play("""
        > began
        < look a
        < look b
        > looked b: nothing
        < tell StepFailed b
        > looked a: nothing
        < tell Adopted a
        < poll a
    """)
    assert isinstance(machine.results["shot:b"].error, errors.Unwilling)


def test_a_price_that_nobody_knows_does_not_pass_a_budget() -> None:
    machine = Playbook(steps(shot("a", "a kite", price=None)), budget=Decimal(100)).play("""
        > began
        < look a
        > looked a: nothing
        < tell StepFailed a
    """)
    assert isinstance(machine.results["shot:a"].error, errors.Unwilling)


def test_locked_makes_no_shot_but_cuts() -> None:
    local = shot("s", "a sketch", provider="sketch", maker="sketch:draw")
    machine = Playbook(steps(A, local, mix("x", "x")), locked=True).play("""
        > began
        < look a
        < look s
        < look x
        > looked a: nothing
        < tell StepFailed a
        > looked s: nothing
        < tell StepFailed s
        > looked x: nothing
        < tell StepStarted x
        < run x
        > made x: bytes
    """)
    assert isinstance(machine.results["shot:s"].error, errors.Unwilling)


def test_a_file_that_cannot_be_read_fails_its_step() -> None:
    board = steps(mix("x", "x", Input("clip", file="gone.mov")))
    machine = Playbook(board, files={"gone.mov": errors.LocalTool("no such file")}).play("""
        > began
        < tell StepFailed x
    """)
    assert machine.finished


# Ctrl-C


def test_once_leaves_jobs_at_the_provider_and_lets_short_work_end() -> None:
    board = steps(A, B, mix("x", "x"), mix("y", "y", Input("c", step="x")))
    book = Playbook(board)
    machine = book.play("""
        > began
        < look a
        < look b
        < look x
        > looked a: nothing
        < tell StepStarted a
        < intend a #1
        > looked x: nothing
        < tell StepStarted x
        < run x
        > intended a
        < submit a
        > sent a: job-1
        @ 0.5
        > ticked
        < poll a
        > looked b: nothing
        < tell StepStarted b
        < intend b #1
        > interrupted
        < abandon a
        < tell Stopping
        > intended b
        < close b not-sent
        > made x: bytes
    """)
    assert machine.finished
    assert {i: r.state for i, r in machine.results.items()} == {
        "shot:a": State.READY,
        "shot:b": State.READY,
        "x": State.DONE,
        "y": State.WANTED,
    }


def test_once_waits_for_the_answer_to_a_paid_request_however_long_it_takes() -> None:
    book = Playbook(steps(A, mix("x", "x")))
    machine = book.play("""
        > began
        < look a
        < look x
        > looked a: nothing
        < tell StepStarted a
        < intend a #1
        > looked x: nothing
        < tell StepStarted x
        < run x
        > intended a
        < submit a
        > interrupted
        < tell Stopping
        @ 5
        > ticked
        < abandon x
    """)
    assert not machine.finished
    book.play("""
        > sent a: job-1
    """)
    assert machine.finished


def test_twice_leaves_at_once() -> None:
    machine = one().play("""
        > began
        < look a
        > looked a: nothing
        < tell StepStarted a
        < intend a #1
        > intended a
        < submit a
        > interrupted
        < tell Stopping
        > interrupted
        < abandon a
    """)
    assert machine.finished


# Warnings


@pytest.mark.parametrize(("seconds", "warns"), [("4", 0), ("4.2", 0), ("3.5", 1), ("5", 1)])
def test_a_clip_of_clearly_another_length_is_told(seconds: str, warns: int) -> None:
    book = one()
    book.play(ROAD.partition("> fetched")[0])
    commands = book._said(f"fetched a: {seconds}")
    notes = [note for c in commands if isinstance(c, Keep) for note in c.facts.notes]
    assert notes == [f"the clip is {float(seconds):.2f} s long, 4.00 s were ordered"] * warns


def test_a_state_that_nobody_knows_is_noted_once() -> None:
    """The job may be in it for ever: it is followed, and people are told."""
    book = one()
    book.play(
        ROAD.partition("> polled")[0]
        + """
        > polled a: odd resting
        < tell Noted a
        > polled a: odd resting
    """
    )
    said = [event.message for event in book.told if isinstance(event, events.Noted)]
    assert said == ['unknown status "resting" from studio; the job is treated as still in progress']


def test_a_target_that_is_not_there_is_our_bug() -> None:
    with pytest.raises(KeyError):
        Progress(Goal(steps(A), ["nobody"]), {}, {}, Policy(), History())


def test_an_order_that_may_be_there_keeps_its_place_until_somebody_knows() -> None:
    book = Playbook(steps(A, B), limits=Limits(in_flight=1))
    book.play("""
        > began
        < look a
        < look b
        > looked a: nothing
        < tell StepStarted a
        < intend a #1
        > looked b: nothing
        > intended a
        < submit a
        > broke a: ambiguous the line went dead
        < tell StepRetrying a
        @ 10
        > ticked
        @ 15
        > ticked
        < find a
        > found a: nothing
        < tell StepRetrying a
        @ 30
        > ticked
        < find a
        > found a: nothing
        < tell StepRetrying a
        @ 45
        > ticked
        < find a
        > found a: nothing
        < close a not-sent
        < intend a #2
        > broke a: localtool disk full
        < tell StepFailed a
        < tell StepStarted b
        < intend b #1
    """)


def test_each_failure_points_at_its_own_place() -> None:
    source = Source("storyboard.yaml", "one\ntwo\n")
    first = replace(A, span=Span(source, 0, 3))
    twin = replace(shot("twin", "a kite"), span=Span(source, 4, 7))
    book = Playbook(steps(first, twin))
    book.play(ROAD.partition("> intended")[0])
    book._said("broke a: localtool disk full")
    places = [str(book.machine.results[i].error.span) for i in ("shot:a", "shot:twin")]
    assert places == ["storyboard.yaml:1:1", "storyboard.yaml:2:1"]
