"""The log of diagnostics: valid by the schema of SARIF 2.1.0 (as Microsoft ships it), places as SARIF counts them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reelmake.diagnostics import Diagnostic, Note, Source, Span
from reelmake.report.sarif import sarif
from tests.support import peers

TEXT = "reelmake: 1\r\ntitle: \U0001fa81 kite\rshots: {}\n"
PAGE = "# RM203: An unknown transition\n\nIt is\nnot there.\n\nWrong:\n"


def log(found: list[Diagnostic], folder: Path) -> dict[str, Any]:
    value = json.loads(sarif(found, folder, lambda code: PAGE.replace("RM203", code) if code != "RM999" else ""))
    assert isinstance(value, dict)
    return value


def span(folder: Path, words: str, name: str = "a b#c/ä.yaml") -> Span:
    source = Source(str(folder / name), TEXT)
    start = TEXT.index(words)
    return Span(source, start, start + len(words))


def places(folder: Path, found: Diagnostic) -> dict[str, Any]:
    place = log([found], folder)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert isinstance(place, dict)
    return place


def test_columns_count_characters_and_lines_end_as_the_storyboards_do(tmp_path: Path) -> None:
    """The kite is one character, two in UTF-16, four in UTF-8; a lone CR ends a line."""
    place = places(tmp_path, Diagnostic("RM203", "m", span(tmp_path, "kite")))
    assert place["region"] == {"startLine": 2, "startColumn": 10, "endLine": 2, "endColumn": 14}
    assert places(tmp_path, Diagnostic("RM203", "m", span(tmp_path, "shots")))["region"]["startLine"] == 3
    both = places(tmp_path, Diagnostic("RM203", "m", span(tmp_path, "kite\rshots")))["region"]
    assert both == {"startLine": 2, "startColumn": 10, "endLine": 3, "endColumn": 6}
    run = log([], tmp_path)["runs"][0]
    assert (run["columnKind"], run["newlineSequences"]) == ("unicodeCodePoints", ["\r\n", "\n", "\r"])


def test_paths_are_from_the_top_and_are_addresses(tmp_path: Path) -> None:
    location = places(tmp_path, Diagnostic("RM203", "m", span(tmp_path, "kite")))["artifactLocation"]
    assert location == {"uri": "a%20b%23c/%C3%A4.yaml", "uriBaseId": "SRCROOT"}


@pytest.mark.slow
def test_it_is_valid(tmp_path: Path) -> None:
    modules = peers.npm("@microsoft/jest-sarif@1.0.0-beta.0")
    schema = json.loads((modules / "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json").read_text("utf-8"))
    here, nowhere = span(tmp_path, "kite"), Span(Source("x.yaml", ""), 0, 0)
    found = [
        Diagnostic("RM203", "a \x1b[2J\u202e message", here, (Note("first", here), Note("none")), "a hint"),
        Diagnostic("RM203", "again", nowhere, severity="warning"),
        Diagnostic("RM999", "without a place or a page"),
    ]
    whole = log(found, tmp_path)
    jsonschema.Draft7Validator(schema).validate(whole)
    run = whole["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["RM203", "RM999"]
    assert run["tool"]["driver"]["rules"][0]["fullDescription"]["text"] == "It is not there."
    assert [(r["ruleIndex"], r["level"]) for r in run["results"]] == [(0, "error"), (0, "warning"), (1, "error")]
    assert run["results"][0]["message"]["text"] == "a \\x1b[2J\\u202e message\na hint"
    assert len(run["results"][0]["relatedLocations"]) == 1
