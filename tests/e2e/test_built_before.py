"""A storyboard that was built by the version before the engine was opened (3401f3c) is built: nothing is made again,
nothing asked for, and nothing written.

`project.tar.xz` is what that version left: four sketches, two clips of a fake provider, and every kind of output. The
programs that made the local steps stand in their keys, so those are written anew for the ones that are installed here.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from reelmake.plan.key import digest
from reelmake.plan.lineage import SUFFIX
from reelmake.prep import tools
from tests.support.folder import Folder

BEFORE = Path(__file__).parent.parent / "support" / "built_before" / "project.tar.xz"


@pytest.fixture
def built(project: Folder) -> Folder:
    """The project as it was left, as if it had been built with the programs that are here."""
    with tarfile.open(BEFORE) as archive:
        archive.extractall(project.root, filter="data")
    for file in sorted((project.root / ".reelmake" / "takes").rglob("*.json")):
        take = json.loads(file.read_text())
        pairs = tuple((label, _here(text) if label == "tool" else text) for label, text in take["manifest"])
        assert digest(take["manifest"]) == take["key"]
        take |= {"manifest": pairs, "key": digest(pairs)}
        file.unlink()
        kept = project.root / ".reelmake" / "takes" / take["key"][:2] / f"{take['key']}.json"
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(json.dumps(take))
    return project


def _here(said: str) -> str:
    names = [tool.partition(" ")[0] for tool in said.split(", ")]
    return ", ".join(f"{name} {tools.version(name)}" for name in names)


def contents(project: Folder) -> dict[str, bytes]:
    """What must stay: texts, choices, money lines, takes, outputs. Not the records beside these, which came later."""
    kept = [".reelmake/takes", ".reelmake/store", "build"]
    files = [file for folder in kept for file in (project.root / folder).rglob("*") if file.is_file()]
    files += [project.root / name for name in ("reelmake.lock", ".reelmake/journal", ".reelmake/journal.end")]
    files = [file for file in files if not file.name.endswith(SUFFIX)]
    return {str(file.relative_to(project.root)): file.read_bytes() for file in files}


def test_it_is_up_to_date_and_stays_as_it_is(built: Folder) -> None:
    before = contents(built)

    assert built.run("plan", "--json").expect().json["generate"] == 0
    built.run("build").expect(stderr="nothing to do: 6 takes reused, 1 of them not picked, every output is up to date")

    assert contents(built) == before
