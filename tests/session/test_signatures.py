"""Signatures and a project: whether they can be checked is told; a look at another time believes what it did then."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from reelmake.model.take import Facts, Take
from reelmake.plan.key import digest
from reelmake.session import past
from reelmake.session.project import look, read
from reelmake.session.workspace import Workspace
from tests.support.repository import Repository
from tests.support.signer import made_key, public


def test_a_machine_that_cannot_check_signatures_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    board = tmp_path / "storyboard.yaml"
    shots = "reelmake: 1\nshots: {a: {prompt: A park}}\n"
    trust = f"{shots}cache: {{trust: [{public(made_key(tmp_path / 'maya'))} maya]}}\n"

    def told(text: str) -> list[str]:
        board.write_text(text)
        return [f"{d.severity} {d.code} {d.span} {d.hint}" for d in read(Workspace(board)).script.diagnostics]

    assert told(trust) == []
    monkeypatch.setitem(sys.modules, "cryptography", None)
    (said,) = told(trust)
    assert said.startswith("warning RM978")
    assert "storyboard.yaml:3:" in said
    assert 'pip install "reelmake[trust]"' in said
    assert told(shots) == []


def test_a_look_at_another_time_changes_nobodys_belief_today(tmp_path: Path) -> None:
    """`diff` and reports look at two revisions with one store: a branch's trust is its own."""
    film = Repository.begin(tmp_path / "film")
    shots = "reelmake: 1\nshots: {a: {prompt: A park}}\n"
    (film.root / "storyboard.yaml").write_text(shots)
    film.git("add", "storyboard.yaml")
    film.git("commit", "-qm", "without trust")
    maya = public(made_key(tmp_path / "maya"))
    (film.root / "storyboard.yaml").write_text(f"{shots}cache: {{trust: [{maya} maya]}}\n")

    now = look(read(Workspace(film.root / "storyboard.yaml")))
    store, pairs = now.workspace.store, (("prompt", "a park"),)
    file = store.scratch(".mp4")
    file.write_bytes(b"clip")
    take = store.keep(file, Take(digest(pairs), "", "shot", ".mp4", Facts(0), pairs, by=maya), durable=False)
    then = past.at(now.workspace, "HEAD")
    assert then
    before = look(then).workspace.store
    assert before.find(take.key) is None
    assert store.find(take.key) == take
    assert before.find(take.key) is None
