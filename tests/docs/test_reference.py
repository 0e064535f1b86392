"""The reference is current, and names everything there is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from reelmake import catalog
from reelmake.commands._parser import known_commands
from reelmake.project import Project

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"


def test_the_reference_is_current() -> None:
    ran = subprocess.run([sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True)

    assert ran.returncode == 0, ran.stderr


def test_every_command_is_in_the_reference() -> None:
    text = (REFERENCE / "commands.md").read_text()

    assert [name for name in known_commands() if f"`reelmake {name}" not in text] == []


def test_everything_on_the_shelves_is_in_the_reference() -> None:
    text = (REFERENCE / "shelves.md").read_text()

    names = [*catalog.kinds(), *catalog.transitions(), *catalog.outputs()]
    assert [name for name in names if f"`{name}`" not in text] == []


def test_transitions_are_written_as_the_reference_says(tmp_path: Path) -> None:
    text = (REFERENCE / "shelves.md").read_text()
    (said,) = re.findall(r"^`into: (\{.*?\})`, or `into: (\{.*\})`\.$", text, re.MULTILINE)
    shots = "shots: {a: {prompt: A park.}, b: {prompt: A city.}}"
    for form in said:
        into = form.replace("NAME", "wipe").replace("SECONDS", "0.5").replace("parameter: value", "direction: up")
        (tmp_path / "storyboard.yaml").write_text(f"reelmake: 1\n{shots}\ncut: [{{shot: a, into: {into}}}, b]\n")

        assert Project(tmp_path / "storyboard.yaml").script.diagnostics == ()


def test_every_code_in_the_sources_is_explained() -> None:
    used = set()
    for path in (ROOT / "src" / "reelmake").rglob("*.py"):
        used |= set(re.findall(r'"(RM\d{3})"', path.read_text()))
    text = (REFERENCE / "codes.md").read_text()

    assert sorted(code for code in used if f"## {code}" not in text) == []


@pytest.mark.parametrize("path", sorted(p.relative_to(ROOT) for p in ROOT.glob("*.md")) + [
    p.relative_to(ROOT) for p in sorted((ROOT / "docs").rglob("*.md"))
], ids=str)  # fmt: skip
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", (ROOT / path).read_text(), flags=re.DOTALL)
    targets = [t.partition("#")[0] for t in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in t]

    assert [t for t in targets if t and not (ROOT / path.parent / t).exists()] == []


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text()
    decisions = (ROOT / "docs" / "decisions" / "README.md").read_text()
    pages = [p.relative_to(ROOT / "docs") for p in (ROOT / "docs").rglob("*.md") if p.name != "README.md"]

    assert [str(p) for p in pages if p.parent.name != "decisions" and f"({p})" not in index] == []
    assert [p.name for p in pages if p.parent.name == "decisions" and f"({p.name})" not in decisions] == []


def test_the_code_map_has_everything_in_the_package() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text().partition("## Where things are")[2].partition("## What is never")[0]
    names = {p.stem for p in (ROOT / "src" / "reelmake").iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}

    left_out = {"__init__", "__main__", "version"}
    assert sorted(n for n in names - left_out if f"`{n}`" not in text and f"`{n}/`" not in text) == []
