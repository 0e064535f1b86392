"""The reference is current, and names everything there is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from reelmake import catalog
from reelmake.commands._help import names as known_commands
from reelmake.compile.validate import schema
from reelmake.model.compiled import Variant
from reelmake.session.project import read
from reelmake.session.workspace import Workspace
from tests.compile.casebook import Case

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"


def _generator() -> Any:
    spec = spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate = _generator()


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

        assert read(Workspace(tmp_path / "storyboard.yaml")).script.diagnostics == ()


def test_every_code_in_the_sources_is_explained() -> None:
    used = set()
    for path in (ROOT / "src").rglob("*.py"):
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


# Where a key stands, as a storyboard around it; what is compared is all that a build depends on.
PLACES = {
    "defaults": ("defaults", lambda said: {"defaults": said}),
    "shot": ("shot", lambda said: {"shots": {"a": {"prompt": "A park.", **said}}}),
    "entry": ("entry", lambda said: {"cut": [{"shot": "a", **said}, "a"]}),
    "inset": ("inset", lambda said: {"cut": [{"shot": "a", "insets": [{"shot": "a", **said}]}]}),
    "music": ("music", lambda said: {"sound": {"music": {"file": "a.wav", **said}}}),
    "track": ("track", lambda said: {"sound": {"tracks": [{"file": "a.wav", **said}]}}),
    "sound": ("sound", lambda said: {"sound": said}),
    "clips": ("clips_sound", lambda said: {"sound": {"clips": said}}),
    "heard": ("entry_sound", lambda said: {"cut": ["a", {"shot": "a", "sound": said}]}),
    "watermark": ("watermark", lambda said: {"watermark": {"image": "a.png", **said}}),
}  # fmt: skip
BARE = {"reelmake": 1, "shots": {"a": {"prompt": "A park."}}}


def _script(text: Mapping[str, Any]) -> Variant:
    script = Case(json.dumps({**BARE, **text})).compile()
    assert script.variants, [d.message for d in script.diagnostics]
    return script.variants[0]


@pytest.mark.parametrize("place", PLACES)
def test_what_the_reference_calls_a_default_is_what_holds_without_the_key(place: str) -> None:
    name, around = PLACES[place]
    rows = {key: generate._resolved(schema(), row) for key, row in schema()["$defs"][name]["properties"].items()}
    told = {key: row["default"] for key, row in rows.items() if generate._holds(row) and key != "offset"}
    assert told
    bare = _script(around({}))
    for key, value in told.items():
        said = _script(around({key: value}))
        assert said.slates == bare.slates, key
        if place != "defaults":
            assert replace(said.board, shots={}) == replace(bare.board, shots={}), key
        text = (REFERENCE / "language.md").read_text()
        assert re.search(rf"^\| `{key}` \|.*\| `{re.escape(json.dumps(value))}` \|$", text, re.MULTILINE), key


def test_what_holds_at_the_top_of_a_storyboard() -> None:
    told = {key: row for key, row in schema()["properties"].items() if "default" in row and generate._holds(row)}
    assert {"fps", "outputs"} <= told.keys()
    assert not {"letterbox", "budget"} & told.keys()
    for key, row in told.items():
        assert _script({key: row["default"]}).board == _script({}).board, key
