"""The fault table once more, for shots that nobody waits for: they cost the same, and the next build goes on alike."""

from __future__ import annotations

from pathlib import Path

import pytest

import reelmake
from reelmake import errors
from tests.e2e.test_fault_table import SHOT, TABLE, judge
from tests.support.desk import post

pytestmark = pytest.mark.slow

LATER = (
    "RM950",
    "RM960",
    "RM961",
)  # found out by who fetches: nobody there wants a step, so it is a StepError at large


@pytest.mark.parametrize("fact", TABLE)
def test_a_fault_costs_what_the_table_says(fact: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = TABLE[fact]
    with post(tmp_path / "film", monkeypatch, **row.server) as desk:
        desk.board(SHOT, row.options)
        desk.server.instruct(*row.script.split())
        monkeypatch.chdir(desk.root)
        raised: errors.StepError | None = None
        try:
            reelmake.download(reelmake.shoot("A kite.", wait=False, yes=True))
        except errors.StepError as error:
            raised = error
        assert (raised is not None) == (row.outcome.exit != 0), raised
        if raised and row.code not in LATER:
            assert raised.code == row.code
        assert (len(desk.server.bill), desk.orders, desk.ledger) == (row.outcome.bill, row.orders, row.outcome.ledger)

        desk.server.instruct()
        judge(desk, row.outcome)


def test_who_cannot_ask_for_long_says_so_and_the_job_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with post(tmp_path / "film", monkeypatch) as desk:
        desk.board(SHOT)
        monkeypatch.chdir(desk.root)
        id = reelmake.shoot("A kite.", wait=False, yes=True)
        desk.server.instruct(faults=("poll:500",))
        seen: list[reelmake.ShotStatus] = []
        with pytest.raises(errors.Transient):
            reelmake.download(id, on_progress=seen.append)
        assert {status.state for status in seen} == {"making"}
        assert 10 < len(seen) < 40
        assert desk.ledger == {"reserved": 0.1}
        desk.server.instruct()
        assert reelmake.download(id).new
        assert (len(desk.server.bill), desk.ledger) == (1, {"spent": 0.1})
