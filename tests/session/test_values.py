"""Workspace, Project, Snapshot: each is a value, and what has changed is seen by who looks again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import reelmake
from reelmake.errors import Unwilling
from reelmake.model.wish import Overrides
from reelmake.session import choosing
from reelmake.session.project import Project, look, plan, read
from reelmake.session.workspace import Workspace

BOARD = "reelmake: 1\nshots:\n  kite: {prompt: A kite., seconds: 1}\n  tram: {prompt: A tram., seconds: 1}\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "storyboard.yaml").write_text(BOARD)
    return read(Workspace(tmp_path / "storyboard.yaml"))


def wish(project: Project, shot: str, takes: int) -> None:
    """Somebody else asks for takes of a shot."""
    order = look(project).layout.order(shot)
    (project.workspace.root / "reelmake.lock").write_text(f"{shot} {json.dumps({'wishes': {order: takes}})}\n")


def test_a_snapshot_stays_as_it_was_and_the_next_one_sees_what_changed(project: Project) -> None:
    before = look(project)
    wish(project, "kite", 3)
    after = look(project)

    assert [len(plan(seen).jobs) for seen in (before, after)] == [2, 4]


def test_what_is_wished_for_is_another_project(project: Project) -> None:
    seen = look(project)
    then = choosing.retake(seen, "kite").then

    assert [len(plan(s).jobs) for s in (seen, then, look(project))] == [2, 3, 2]
    assert not (project.workspace.root / "reelmake.lock").exists()


def test_the_text_is_that_which_was_read(project: Project) -> None:
    (project.workspace.root / "storyboard.yaml").write_text("reelmake: 1\nshots: {}\n")

    assert list(look(project).layout.slates) == ["kite", "tram"]


def test_a_board_that_was_loaded_sees_what_was_chosen_since(project: Project) -> None:
    board = reelmake.load(project.workspace.storyboard)
    wish(project, "tram", 2)

    assert [(take.shot, take.take) for take in reelmake.takes(board)] == [("kite", 1), ("tram", 1), ("tram", 2)]


def test_a_refusal_leaves_nothing_to_undo(tmp_path: Path) -> None:
    providers = 'providers: {far: {kind: openai-videos, base_url: "http://127.0.0.1:9/v1"}}\n'
    tiers = "tiers: {final: {provider: far, model: wan, price: 0.1}}\ndefaults: {tier: final}\n"
    (tmp_path / "storyboard.yaml").write_text(BOARD + providers + tiers)
    board = reelmake.load(tmp_path / "storyboard.yaml")

    with pytest.raises(Unwilling):
        reelmake.retake(board, "kite")
    assert len(reelmake.plan(board).jobs) == 2


def test_a_draft_chooses_nothing(project: Project) -> None:
    wish(project, "kite", 3)
    drafted = read(Workspace(project.workspace.storyboard, Overrides(draft=True)))

    assert len(plan(look(drafted)).jobs) == 2
