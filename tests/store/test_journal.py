"""The journal: cut off at every byte, damaged, full disk; and what it adds up to."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from reelmake.errors import LocalTool
from reelmake.model.take import Attempt, Ending, Ledger
from reelmake.store.journal import LocalJournal


def attempt(n: int, **fields: object) -> Attempt:
    given = {"cost": Decimal("0.5"), "at": "2026-11-21T00:00:00+00:00", "manifest": (("prompt", f"é {n}"),), **fields}
    return Attempt(f"key{n}", f"token{n}", "studio", f"shot{n}", **given)  # type: ignore[arg-type]


def journal(file: Path, now: str = "2026-11-21T00:00:10+00:00") -> LocalJournal:
    return LocalJournal(file, utc=lambda: now)


def filled(file: Path) -> LocalJournal:
    made = journal(file)
    for n in range(6):
        made.intend(attempt(n))
    made.submitted("token1", "job 1")
    made.submitted("token2", "job 2")
    made.kept("token2", "key2", "digest2", Decimal("0.7"))
    made.closed("token3", "not-sent", "no route")
    made.submitted("token4", "job 4")
    made.closed("token4", "failed", "it broke\nbadly")
    made.closed("token5", "refused", "no")
    return made


def test_it_says_after_a_restart_what_it_said_before(tmp_path: Path) -> None:
    before = filled(tmp_path / "journal")
    after = journal(tmp_path / "journal")
    assert after.entries() == before.entries()
    assert [(a.token, a.remote) for a in after.open()] == [("token0", ""), ("token1", "job 1")]
    assert after.open()[0].manifest == (("prompt", "é 0"),)
    assert after.doubts() == {}


def test_the_ledger_tells_reserved_spent_and_maybe_spent(tmp_path: Path) -> None:
    made = filled(tmp_path / "journal")
    assert made.ledger() == Ledger(Decimal("0.5"), Decimal("0.7"), Decimal("1.0"), estimate=Decimal("0.5"))
    made.intend(attempt(7, cost=None))
    made.submitted("token7", "job 7")
    assert made.ledger().unpriced == 1


def test_the_providers_own_figures_win_and_nothing_it_gave_back_counts_as_spent(tmp_path: Path) -> None:
    made = journal(tmp_path / "journal")
    for n in range(5):
        made.intend(attempt(n))
        made.submitted(f"token{n}", f"job {n}", Decimal("0.4"))
    made.kept("token0", "key0", "digest0", None)  # for what it was taken for
    made.kept("token1", "key1", "digest1", Decimal("0.3"))
    made.closed("token2", "failed", "moderated", Decimal(0))
    made.closed("token3", "failed", "moderated", Decimal("0.1"))  # no clip, and charged for all the same
    made.closed("token4", "cancelled", "by hand")

    expected = Ledger(spent=Decimal("0.8"), refunded=Decimal("0.4"), maybe=Decimal("0.4"), estimate=Decimal("1.5"))
    assert made.ledger() == journal(tmp_path / "journal").ledger() == expected


def test_what_one_run_wrote_is_told_from_what_was_there(tmp_path: Path) -> None:
    filled(tmp_path / "journal")
    run = journal(tmp_path / "journal")
    assert run.moved() == []
    run.kept("token1", "key1", "digest1", Decimal("0.5"))
    run.intend(attempt(9))
    assert [(e.attempt.token, e.standing) for e in run.moved()] == [("token1", "kept"), ("token9", "intended")]


def test_an_attempt_that_ended_is_open_again_once_it_is_taken_up(tmp_path: Path) -> None:
    made = filled(tmp_path / "journal")
    made.submitted("token4", "job 4")
    assert [e.ended for e in made.entries() if e.open and e.attempt.token == "token4"] == [""]
    assert "token4" in [a.token for a in made.open()]


def test_cut_off_at_every_byte_it_still_loads_and_takes_new_lines(tmp_path: Path) -> None:
    """As a writer leaves it that died there: nobody has counted the line that it was at."""
    filled(tmp_path / "whole")
    data = (tmp_path / "whole").read_bytes()
    for length in range(len(data) + 1):
        file = tmp_path / "cut"
        file.write_bytes(data[:length])
        file.with_name("cut.end").unlink(missing_ok=True)
        cut = journal(file)
        lines = data[:length].count(b"\n") + (length < len(data) and data[length : length + 1] == b"\n")
        records = [record for _, record in cut._lines.read().records]
        assert len(records) == lines, length
        assert cut.doubts() == {}
        cut.intend(attempt(99))
        again = journal(file)
        assert [r["do"] for _, r in again._lines.read().records] == [r["do"] for r in records] + ["intend"]
        assert again.open()[-1].token == "token99"
        assert again.doubts() == {}


def test_a_flipped_bit_is_a_doubt_about_its_own_line(tmp_path: Path) -> None:
    filled(tmp_path / "journal")
    data = bytearray((tmp_path / "journal").read_bytes())
    data[data.index(b"job 1")] ^= 1
    (tmp_path / "journal").write_bytes(data)
    found = journal(tmp_path / "journal")
    assert [a.remote for a in found.open()] == ["", ""]  # its answer is unknown now
    assert len(found.entries()) == 6
    said = "do submitted, remote kob 1, at 2026-11-21T00:00:10+00:00, token token1"
    assert found.doubts() == {7: f"is damaged; it seems to say: {said}"}


def test_lines_of_a_later_version_are_passed_over(tmp_path: Path) -> None:
    made = filled(tmp_path / "journal")
    made._lines.append({"do": "refunded", "at": "x", "token": "token2", "cost": "1"})
    made._lines.append({"do": "submitted", "at": "x", "token": "nobody", "remote": "r"})
    made._lines.append({"what": "else"})
    assert journal(tmp_path / "journal").entries() == made.entries()


def test_recent_requests_count_from_their_answer(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    early = journal(file, "2026-11-21T00:00:30+00:00")
    early.intend(attempt(1))
    early.submitted("token1", "job 1")
    early.intend(attempt(2))
    later = journal(file, "2026-11-21T00:01:00+00:00")
    assert later.recent() == [
        ("studio", "2026-11-21T00:00:30+00:00"),
        ("studio", "2026-11-21T00:00:15+00:00"),  # no answer on record: it was on its way for a while
    ]
    much_later = journal(file, "2026-11-21T00:03:20+00:00")
    assert [at for _, at in much_later.recent()] == ["2026-11-21T00:00:30+00:00"]


FULL = """
import resource, signal, sys
from pathlib import Path
from reelmake.errors import LocalTool
from tests.store.test_journal import attempt, journal
sys.dont_write_bytecode = True  # what is imported from here on would be cut short as well
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
file = Path(sys.argv[1])
made = journal(file)
made.intend(attempt(1))
size = file.stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 60, resource.RLIM_INFINITY))
try:
    made.submitted("token1", "x" * 500)
except LocalTool as error:
    print(error)
assert file.stat().st_size == size, "a part of a line stayed behind"
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
made.submitted("token1", "job 1")
print([a.remote for a in journal(file).open()])
"""


def test_a_full_disk_is_said_and_leaves_no_half_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "journal")],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    said, then = done.stdout.splitlines()
    assert "the disk is full" in said
    assert then == "['job 1']"


def test_an_unreadable_journal_is_said(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    with pytest.raises(LocalTool, match="the journal"):
        journal(tmp_path / "journal").open()


def test_it_is_on_disk_before_the_call_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    synced: list[bytes] = []
    real = os.fsync
    file = tmp_path / "state" / "journal"

    def noted(handle: int) -> None:
        real(handle)
        synced.append(file.read_bytes() if file.exists() else b"")

    monkeypatch.setattr(os, "fsync", noted)
    made = journal(file)
    made.intend(attempt(1))
    assert any(b'"intend"' in data for data in synced)
    synced.clear()
    made.submitted("token1", "job 1")
    assert b"job 1" in synced[-1]


def test_orders_that_ended_without_a_clip_are_told_by_key_until_one_is_kept(tmp_path: Path) -> None:
    made = journal(tmp_path / "journal")
    for n, (outcome, remote, cost) in enumerate(
        [("moderated", "job 0", None), ("failed", "job 1", Decimal(0)), ("refused", "", None), ("not-sent", "", None)]
    ):
        made.intend(Attempt("key", f"token{n}", "studio", "park", cost=Decimal("0.5")))
        if remote:
            made.submitted(f"token{n}", remote, Decimal("0.4"))
        made.closed(f"token{n}", outcome, f"message {n}", cost)
    at = "2026-11-21T00:00:10+00:00"
    assert journal(tmp_path / "journal").endings() == {
        "key": (
            Ending("moderated", "message 0", at, Decimal("0.4")),
            Ending("failed", "message 1", at, Decimal(0)),
            Ending("refused", "message 2", at, Decimal(0)),
        )
    }
    made.intend(Attempt("key", "token9", "studio", "park", cost=Decimal("0.5")))
    assert len(made.endings()["key"]) == 3
    made.kept("token9", "key", "digest", None)
    assert made.endings() == {}


def test_an_open_order_costs_what_the_provider_said_when_it_took_it(tmp_path: Path) -> None:
    made = journal(tmp_path / "journal")
    made.intend(attempt(0))
    made.submitted("token0", "job 0", Decimal("0.4"))
    assert [a.cost for a in journal(tmp_path / "journal").open()] == [Decimal("0.4")]
