"""Every code is explained, every code of the language has a case, and the examples of the explanations are true."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from tests.compile.casebook import CASES, Case

SOURCES = Path(__file__).parents[2] / "src"
PAGES = sorted(Path(str(files("reelmake") / "explanations")).glob("RM*.md"))
NOT_IN_A_CASE_FILE = {"RM104", "RM712"}  # ten megabytes, and bytes that are no text: test_read.py, test_merge.py


def codes(*folders: str) -> set[str]:
    texts = [p.read_text("utf-8") for folder in folders for p in (SOURCES / folder).rglob("*.py")]
    return {code for text in texts for code in re.findall(r'"(RM\d{3})"', text)}


def test_every_code_is_explained() -> None:
    used = codes(".")
    assert used - {page.stem for page in PAGES} == set()


def test_no_explanation_of_a_code_that_is_gone() -> None:
    assert {page.stem for page in PAGES} - codes(".") == set()


def test_every_code_of_the_language_has_a_case() -> None:
    shown = {code for p in CASES.glob("*.yaml") for code in re.findall(r"\[(RM\d{3})\]", p.read_text("utf-8"))}
    assert codes("reelmake/compile") - shown - NOT_IN_A_CASE_FILE == set()


def example(text: str, heading: str) -> str | None:
    found = re.search(rf"^{heading}:\n\n```yaml\n(.*?)^```$", text, re.S | re.M)
    return found[1] if found else None


def case(text: str) -> Case:
    pieces = re.split(r"^# ---- file (.*)\n", text, flags=re.M)
    return Case(pieces[0], dict(zip(pieces[1::2], pieces[2::2], strict=True)))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_explanation(page: Path) -> None:
    text = page.read_text("utf-8")
    title, _, why, *_ = text.split("\n")
    assert title.startswith(f"# {page.stem}: ")
    assert len(why) > 40
    wrong, right = example(text, "Wrong"), example(text, "Right")
    assert right or "```console" in text
    if right is not None:
        assert [d.message for d in case(right).compile().diagnostics] == []
    if wrong is not None and page.stem != "RM100":
        assert page.stem in {d.code for d in case(wrong).compile().diagnostics}
    if page.stem in codes("reelmake/compile") - {"RM104", "RM712"}:
        assert wrong is not None
