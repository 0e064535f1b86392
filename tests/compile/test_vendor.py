"""The form of a provider's file is fully explained, and every file that ships is read without a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reelmake import catalog
from reelmake.compile.own_vendors import is_path
from reelmake.compile.validate import VENDOR, schema
from reelmake.compile.vendor_file import read_vendor
from reelmake.diagnostics import Report, Source
from reelmake.model.vendor import ORDER, OUTCOMES
from tests.compile.test_schema import keys

FORM = schema(VENDOR)
KEYS = dict(keys(FORM, ""))
FILES = sorted(Path(catalog.__file__).parents[1].glob("providers/vendors/*"))


def test_it_is_json_schema_2020_12() -> None:
    Draft202012Validator.check_schema(FORM)
    assert FORM["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("where", KEYS)
def test_every_key_is_explained_and_its_examples_are_right(where: str) -> None:
    node: dict[str, Any] = KEYS[where]
    whole = {**FORM["$defs"][node["$ref"].rpartition("/")[2]], **node} if "$ref" in node else node
    assert whole["title"]
    assert whole["description"].endswith(".")
    assert "default" in whole
    assert whole["examples"]
    for example in whole["examples"]:
        assert not list(Draft202012Validator({**node, "$defs": FORM["$defs"]}).iter_errors(example)), example


def test_a_model_has_one_form_everywhere() -> None:
    assert FORM["$defs"]["model"] == schema()["$defs"]["model"]


def test_what_the_form_explains_is_what_there_is() -> None:
    told = FORM["properties"]["create"]["description"]
    assert [word for word in ORDER if f"${word}" not in told] == []
    assert set(FORM["properties"]["errors"]["properties"]) == set(OUTCOMES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_that_ships(file: Path) -> None:
    report = Report()
    vendor = read_vendor(Source(file.name, file.read_text("utf-8")), file.stem, report)
    assert [d.message for d in report.items] == []
    assert vendor is not None
    assert vendor.capabilities.dialect.startswith(file.stem)
    assert vendor.source
    assert vendor.as_of >= "2026-11-21"
    assert (vendor.capabilities.base_url or "https://").startswith("https://")
    for model in vendor.models.values():
        assert model.source
        assert model.as_of
    assert catalog.kinds()[file.stem] == vendor.capabilities
    assert catalog.models(file.stem) == vendor.models


def test_kinds_are_listed_without_being_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "vendor", lambda *_: pytest.fail("it was read"))
    assert {file.stem for file in FILES} < set(catalog.kinds())
    assert "xai" in catalog.kinds()
    assert "xia" not in catalog.kinds()


@pytest.mark.parametrize(
    ("kind", "path"),
    [("vendors/acme.yaml", True), ("acme.yml", True), ("a.json", True), ("xai", False), ("yaml", False)],
)
def test_which_kinds_are_files(kind: str, path: bool) -> None:
    assert is_path(kind) == path


def test_a_file_may_be_json() -> None:
    text = '{"provider": 1, "dialect": "a/1", "create": {"text": {"path": "/j", "body": {"p": "$prompt"}}}, "accepted":'
    text += (
        ' {"id": "id"}, "status": {"path": "/j/$id", "ready": ["ok"], "dead": {"no": "failed"}}, "clip": {"url": "u"}}'
    )
    assert read_vendor(Source("a.json", text), "a.json", Report()) is not None
