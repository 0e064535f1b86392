"""Whether signatures can be checked here is told with the mistakes of a storyboard."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from reelmake.session.project import read
from reelmake.session.workspace import Workspace
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
