"""Whoever wants to be billed twice: records that are damaged, copied or gone, clocks that are set, keys and servers
that change under open jobs, two clones of one film, edits while a run waits. Each ends with the bill.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reelmake import api
from reelmake.errors import Unwilling
from reelmake.model.wish import Wish
from reelmake.session.blocking import run_build
from reelmake.session.project import Snapshot, look
from reelmake.session.run import BuildRun
from reelmake.store.hold import Hold
from tests.support.desk import KEY, Hurried, Post, post

pytestmark = pytest.mark.slow

SHOT = "shots:\n  a: {prompt: A kite.}\n"
BLIND = "{list: false}"
CUT_OFF = "content:500*6"  # a build that ends with its job open


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    with post(tmp_path / "film", monkeypatch) as open_:
        open_.board(SHOT)
        yield open_


def left_open(desk: Post) -> str:
    """The job's id."""
    desk.server.instruct(*CUT_OFF.split())
    desk.build("a").expect(1, stderr="stays open")
    desk.server.instruct()
    (attempt,) = desk.journal.open()
    return attempt.remote


def lost(desk: Post) -> str:
    """An order that was taken and whose answer was lost, at a server that cannot be asked now. Its token."""
    desk.board(SHOT, BLIND)
    desk.server.instruct("create:drop")
    desk.build("a").expect(1, stderr="RM915")
    desk.server.instruct()
    desk.board(SHOT)
    (attempt,) = desk.journal.open()
    return attempt.token


# Plans and budgets


@pytest.mark.parametrize("then", [False, True])
def test_what_was_agreed_to_is_asked_again_if_it_grew_while_the_run_waited(desk: Post, then: bool) -> None:
    asked: list[float] = []
    project = api.load(desk.root)

    def confirm(seen: Snapshot, plan: api.Plan) -> bool:
        asked.append(float(plan.cost))
        if len(asked) == 1:
            (desk.root / "reelmake.lock").write_text(f'a {{"wishes":{{"{order}":3}}}}\n')
            return True
        return then

    order = project.layout.order("a")
    run = BuildRun(look(project), Wish(("a",)), lambda event: None, confirm)
    if then:
        assert run_build(run).generated == 3
    else:
        with pytest.raises(Unwilling) as refused:
            run_build(run)
        assert refused.value.code == "RM803"
    assert asked == [0.1, pytest.approx(0.3)]  # and once for each: what was said then holds
    assert desk.orders == 3 * then


def test_a_budget_holds_to_the_cent(desk: Post) -> None:
    desk.board("shots:\n  a: {prompt: A kite., takes: 2}\n")
    desk.run("build", "a", "--budget", "0.19").expect(3, stderr="RM801")
    assert desk.orders == 0
    desk.run("build", "a", "--budget", "0.2").expect(0)
    assert len(desk.server.bill) == 2


def test_what_may_have_been_spent_counts_in_the_budget(desk: Post) -> None:
    """The first order is lost for good: with it, the second would pass the budget."""
    desk.board("shots:\n  a: {prompt: A kite.}\n  b: {prompt: A tram.}\n", BLIND)
    desk.server.instruct("create:drop")
    desk.run("build", "a", "--budget", "0.1").expect(1, stderr="RM915")
    desk.server.instruct()
    desk.run("build", "b", "--budget", "0.1").expect(1, stderr="RM801")
    assert len(desk.server.bill) == 1


def test_takes_whose_answers_are_lost_are_each_paid_once(desk: Post) -> None:
    desk.board("shots:\n  a: {prompt: A kite., takes: 3}\n")
    desk.server.instruct("create:drop")
    desk.build("a").expect(0)
    assert len(desk.server.bill) == 3
    assert desk.ledger == {"spent": pytest.approx(0.3)}
    assert len({e.digest for e in desk.journal.entries()}) == 3


def test_locked_never_orders_what_was_lost(desk: Post) -> None:
    lost(desk)
    desk.run("build", "a", "--locked").expect(3, stderr="RM802")
    assert desk.orders == 1


# Keys and servers


def test_a_key_that_is_refused_leaves_the_job_open(desk: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    left_open(desk)
    monkeypatch.setenv("STUDIO_KEY", "sk-another-0123456789")
    desk.build("a").expect(1, stderr="RM940")
    monkeypatch.delenv("STUDIO_KEY")
    desk.build("a").expect(3, stderr="RM804")
    assert desk.ledger == {"reserved": 0.1}
    monkeypatch.setenv("STUDIO_KEY", KEY)
    desk.build("a").expect(0)
    assert (len(desk.server.bill), desk.ledger) == (1, {"spent": 0.1})


def test_a_server_that_forgot_everything_is_told_and_the_plan_says_what_it_costs(desk: Post) -> None:
    remote = left_open(desk)
    desk.server.reset()
    told = desk.build("a").expect(1, stderr="RM950").stderr
    assert f"reelmake jobs adopt {remote} --shot a" in told
    assert (desk.orders, desk.ledger) == (0, {"maybe spent": 0.1})
    plan = json.loads(desk.run("plan", "--json").stdout)
    assert (plan["cost_usd"], plan["jobs"][0]["reason"][:21]) == (0.1, "its last order failed")


def test_a_base_url_that_leads_nowhere_leaves_the_job_open(desk: Post) -> None:
    left_open(desk)
    right = desk.root / "storyboard.yaml"
    text = right.read_text()
    right.write_text(text.replace("/v1", "/other"))
    desk.build("a").expect(1)
    assert desk.ledger == {"reserved": 0.1}
    right.write_text(text)
    desk.build("a").expect(0)
    assert len(desk.server.bill) == 1


def test_a_provider_that_is_renamed_loses_no_job(desk: Post) -> None:
    left_open(desk)
    board = desk.root / "storyboard.yaml"
    board.write_text(board.read_text().replace("studio", "atelier"))
    desk.build("a").expect(1, stderr="again, if it was only renamed")
    assert (desk.orders, desk.ledger) == (1, {"reserved": 0.1})
    board.write_text(board.read_text().replace("atelier", "studio"))
    desk.build("a").expect(0)
    assert (len(desk.server.bill), desk.ledger) == (1, {"spent": 0.1})


# Clocks


@pytest.mark.parametrize("hours", [-20, -1, 1, 20])
def test_a_clock_that_is_set_between_two_runs_pays_nothing_twice(
    desk: Post, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    """It was wrong when the order was intended, and is right when it is looked for."""
    wrong = lambda clock: (datetime.now(UTC) + timedelta(hours=hours)).isoformat(timespec="seconds")  # noqa: E731
    with monkeypatch.context() as patch:
        patch.setattr(Hurried, "utc", wrong)
        token = lost(desk)
    ended = desk.build("a")
    assert len(desk.server.bill) == desk.orders == 1
    if ended.code:  # by hours ahead: nobody can tell it from an older one
        assert hours > 0
        desk.run("jobs", "adopt", token, desk.server.bill[0]["id"]).expect()
        desk.build("a").expect(0)
    assert (len(desk.server.bill), desk.ledger) == (1, {"spent": 0.1})


# Records


def lines(desk: Post) -> list[bytes]:
    return (desk.root / ".reelmake" / "journal").read_bytes().splitlines(keepends=True)


def test_lines_that_are_there_twice_open_nothing_again(desk: Post) -> None:
    desk.build("a").expect(0)
    found = lines(desk)
    (desk.root / ".reelmake" / "journal").write_bytes(b"".join([*found, *found[:1]]))
    assert not desk.journal.open()
    assert desk.ledger == {"spent": 0.1}


def test_a_journal_that_was_deleted_is_made_good_from_the_providers_list(desk: Post) -> None:
    remote = left_open(desk)
    (desk.root / ".reelmake" / "journal").unlink()
    (found,) = json.loads(desk.run("jobs", "ls", "--remote", "--json").expect().stdout)["jobs"]
    assert (found["remote"], found["standing"]) == (remote, "orphan")
    desk.run("jobs", "adopt", remote, "--shot", "a").expect()
    desk.build("a").expect(0)
    assert len(desk.server.bill) == 1


@pytest.mark.parametrize("line", [0, 1])
def test_a_line_with_a_flipped_bit_has_nothing_paid_again_before_a_person_has_looked(desk: Post, line: int) -> None:
    """That of the intent; that of the answer."""
    remote = left_open(desk)
    found = lines(desk)
    place = len(found[line]) // 2
    found[line] = found[line][:place] + bytes([found[line][place] ^ 4]) + found[line][place + 1 :]
    (desk.root / ".reelmake" / "journal").write_bytes(b"".join(found))

    told = desk.build("a").expect(3, stderr="RM911").stderr
    assert f"line {line + 1} of .reelmake/journal is damaged; it seems to say: do " in told
    assert "reelmake jobs settle" in told
    desk.run("jobs", "ls").expect(0, stderr=f"line {line + 1} of the journal is damaged")
    doubts = json.loads(desk.run("jobs", "ls", "--json").expect().stdout)["doubts"]
    assert line + 1 in [doubt["line"] for doubt in doubts]
    assert len(desk.server.bill) == 1

    if line == 0:
        desk.run("jobs", "adopt", remote, "--shot", "a").expect()
    desk.run("jobs", "settle").expect(0, stderr="settled")
    desk.run("jobs", "settle").expect(0, stderr="no damaged lines in the journal")
    desk.build("a").expect(0)
    assert len(desk.server.bill) == 1


def test_a_journal_that_lost_its_end_has_nothing_paid_again(desk: Post) -> None:
    left_open(desk)
    (desk.root / ".reelmake" / "journal").write_bytes(b"")
    desk.build("a").expect(3, stderr="RM911")
    assert len(desk.server.bill) == 1


def test_damage_stops_no_build_that_orders_nothing(desk: Post) -> None:
    desk.build("a").expect(0)
    (desk.root / ".reelmake" / "journal").write_bytes(b"".join(lines(desk)[1:]))
    desk.build("a").expect(0)
    desk.run("retake", "a").expect(3)
    assert len(desk.server.bill) == 1


def test_a_folder_that_is_copied_with_a_job_open_pays_once(desk: Post, tmp_path: Path) -> None:
    left_open(desk)
    shutil.copytree(desk.root, tmp_path / "copy")
    copy = Post(tmp_path / "copy", desk.server)
    copy.build("a").expect(0)
    desk.build("a").expect(0)
    assert len(desk.server.bill) == 1


def test_one_job_is_never_two_takes(desk: Post) -> None:
    desk.board("shots:\n  a: {prompt: A kite., takes: 2}\n")
    desk.build("a").expect(0)
    mine = desk.server.bill[0]["id"]
    desk.board("shots:\n  a: {prompt: A kite., takes: 3}\n", BLIND)
    desk.server.instruct("create:drop")
    desk.build("a").expect(1, stderr="RM915")
    (attempt,) = desk.journal.open()
    desk.run("jobs", "adopt", attempt.token, mine).expect(2, stderr="has its clip in the store already")
    assert desk.journal.open() == [attempt]


def test_two_clones_never_pay_twice_for_what_one_of_them_lost(desk: Post, tmp_path: Path) -> None:
    """Both order the same of one account; the one whose answer was lost sees two jobs, and guesses neither."""
    token = lost(desk)
    other = Post(tmp_path / "clone", desk.server)
    shutil.copytree(desk.root, other.root, ignore=shutil.ignore_patterns(".reelmake"))
    other.build("a").expect(0)
    told = desk.build("a").expect(1, stderr="RM915").stderr
    assert all(f"reelmake jobs adopt {token} {line['id']}" in told for line in desk.server.bill)
    assert (len(desk.server.bill), desk.orders) == (2, 2)


def test_a_build_waits_for_another_and_pays_for_nothing_that_it_made(desk: Post) -> None:
    waits = threading.Event()
    project = api.load(desk.root)
    with Hold(desk.root / ".reelmake" / "hold"):
        ended: list[api.Result] = []

        def listen(event: object) -> None:
            if type(event).__name__ == "Waiting":
                waits.set()

        wanted = BuildRun(look(project), Wish(("a",), yes=True), listen, lambda seen, plan: None)
        run = threading.Thread(target=lambda: ended.append(run_build(wanted)))
        run.start()
        assert waits.wait(30)
        made_meanwhile(desk)
    run.join(60)
    assert ended[0].generated == 0
    assert len(desk.server.bill) == 1


def test_a_build_that_waits_for_another_orders_nothing_if_the_journal_is_damaged_by_then(desk: Post) -> None:
    """What is damaged is the order of the very shot that it was agreed to order."""
    waits = threading.Event()
    project = api.load(desk.root)
    with Hold(desk.root / ".reelmake" / "hold"):
        said: list[Unwilling] = []

        def listen(event: object) -> None:
            if type(event).__name__ == "Waiting":
                waits.set()

        def build() -> None:
            with pytest.raises(Unwilling) as refused:
                api.run_build(BuildRun(look(project), Wish(("a",), yes=True), listen, lambda seen, plan: None))
            said.append(refused.value)

        run = threading.Thread(target=build)
        run.start()
        assert waits.wait(30)
        made_meanwhile(desk)
        for name in ("store", "takes"):
            shutil.rmtree(desk.root / ".reelmake" / name)
        journal = desk.root / ".reelmake" / "journal"
        journal.write_bytes(journal.read_bytes().replace(b'"intend"', b'"intenb"', 1))
    run.join(60)
    assert [refused.code for refused in said] == ["RM911"]
    assert len(desk.server.bill) == 1


def made_meanwhile(desk: Post) -> None:
    """What the run that holds the project does: the same shot, made in a copy, and the records put in its place."""
    other = Post(desk.root.parent / "maker", desk.server)
    shutil.copytree(desk.root, other.root)
    other.build("a").expect(0)
    for name in ("journal", "store", "takes"):
        found, place = other.root / ".reelmake" / name, desk.root / ".reelmake" / name
        shutil.copytree(found, place, dirs_exist_ok=True) if found.is_dir() else shutil.copy(found, place)


def test_a_retake_that_came_to_nothing_is_asked_for_again_and_not_twice(desk: Post) -> None:
    desk.build().expect()
    desk.server.instruct("create:400-moderation*6")
    desk.run("retake", "a", "--yes").expect(1)
    desk.server.instruct()
    refused = desk.orders

    desk.run("retake", "a", "--yes").expect()

    assert desk.orders == refused + 1
    takes = json.loads(desk.run("takes", "--json").stdout)["takes"]
    assert [(take["take"], take["picked"]) for take in takes] == [(1, False), (2, True)]
    desk.run("retake", "a", "--yes").expect()
    assert [take["take"] for take in json.loads(desk.run("takes", "--json").stdout)["takes"]] == [1, 2, 3]
