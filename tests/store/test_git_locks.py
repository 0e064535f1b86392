"""What lock files name wherever git has them, and who wrote their lines; a repository that wants to run something runs
nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reelmake.errors import LocalTool, Mistake
from reelmake.store import git_locks
from tests.support.clone import Clone


def line(shot: str, digit: str) -> str:
    return f'{shot} {{"takes":{{"1":["{digit * 64}","{digit * 63}f"]}}}}\n'


def keys(found: set[str]) -> str:
    return "".join(sorted({key[0] for key in found}))


@pytest.fixture
def film(tmp_path: Path) -> Clone:
    """A project that was moved once, and another one beside it."""
    (tmp_path / "films/kite").mkdir(parents=True)
    made = Clone(tmp_path / "films/kite")
    made.git("init", "-q", "-b", "main", "..")
    for digit in "01":
        made.write("reelmake.lock", line("park", digit))
        made.write("../tram/reelmake.lock", line("tram", "2"))
        made.git("add", "-A", "..")
        made.git("commit", "-qm", f"Park {digit}")
    made.git("mv", "../tram", "../bus")
    made.git("commit", "-qm", "A bus")
    return made


def test_every_version_counts(film: Clone) -> None:
    film.git("checkout", "-qb", "side")
    film.write("reelmake.lock", line("park", "3"))
    film.git("commit", "-qam", "Side")
    film.git("checkout", "-q", "main")
    film.git("merge", "-q", "--no-edit", "-s", "ours", "side")  # whose lock file no commit of main ever had
    film.git("branch", "-D", "side")
    film.git("reflog", "expire", "--expire=now", "--all")
    film.write("reelmake.lock", line("park", "4"))
    film.git("add", ".")
    film.write("reelmake.lock", line("park", "5"))
    assert keys(git_locks.named(film.root, "reelmake.lock")) == "012345"
    assert git_locks.named(film.root, "other.lock") == set()


def test_where_git_has_nothing_there_is_nothing(tmp_path: Path, film: Clone) -> None:
    (tmp_path / "bare").mkdir()
    assert git_locks.named(tmp_path / "bare", "reelmake.lock") == set()
    blob = film.git("rev-parse", "HEAD~1:./reelmake.lock").strip()
    (film.root.parent / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(LocalTool, match="missing") as refused:
        git_locks.named(film.root, "reelmake.lock")
    assert refused.value.code == "RM742"
    shutil.rmtree(film.root.parent / ".git/refs")
    with pytest.raises(Mistake, match="git does not say"):
        git_locks.named(film.root, "reelmake.lock")


def test_who_wrote_a_line_is_told_even_while_branches_are_merged(film: Clone) -> None:
    film.git("checkout", "-qb", "side", "HEAD~1")
    film.write("reelmake.lock", line("park", "3"))
    film.git("commit", "-qam", "Side \x1b[31mred")
    film.git("checkout", "-q", "main")
    film.write("reelmake.lock", line("park", "4"))
    film.git("commit", "-qam", "Main")
    film.git("merge", "-q", "-s", "ours", "--no-commit", "side")
    film.write("reelmake.lock", line("park", "4") + line("park", "3"))
    told = git_locks.wrote(film.root / "reelmake.lock")
    assert told[line("park", "4")[:-1]].endswith("in “Main”")
    assert told[line("park", "3")[:-1]].startswith("kite, 20")
    assert git_locks.wrote(film.root / "none.lock") == {}


def test_a_hostile_repository_runs_nothing(film: Clone, tmp_path: Path) -> None:
    script, ran = tmp_path / "evil/evil.sh", tmp_path / "ran"
    script.parent.mkdir()
    script.write_text(f"#!/bin/sh\ntouch {ran}\ncat\n")
    script.chmod(0o755)
    film.write("../.gitattributes", "* filter=evil diff=evil merge=evil\n")
    film.git("add", "-A", "..")
    film.git("commit", "-qm", "Attributes")
    for name, value in {
        "core.fsmonitor": script, "core.hooksPath": script.parent, "core.pager": script, "core.sshCommand": script,
        "diff.external": script, "diff.evil.textconv": script, "diff.evil.command": script,
        "filter.evil.smudge": script, "filter.evil.clean": script, "filter.evil.process": script,
        "filter.evil.required": "true", "gpg.program": script, "log.showSignature": "true", "pager.blame": script,
        "core.alternateRefsCommand": script, "blame.ignoreRevsFile": script,
    }.items():  # fmt: skip
        film.git("config", name, str(value))
    film.write("reelmake.lock", line("park", "4"))
    assert keys(git_locks.named(film.root, "reelmake.lock")) == "0124"
    git_locks.wrote(film.root / "reelmake.lock")
    assert not ran.exists()
