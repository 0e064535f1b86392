"""The catalog says what its sources say (catalog_facts.toml is written from them); what it advises stays a while."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reelmake import catalog
from reelmake.compile.models import form, lookup
from reelmake.model.frame import Size
from reelmake.model.provider import Model

FACTS: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "catalog_facts.toml").read_text("utf-8"), parse_float=Decimal
)
VENDORS = sorted(file.stem for file in Path(catalog.__file__).parents[1].glob("providers/vendors/*.yaml"))
KINDS = ("openai-videos", *VENDORS)
MODELS = [(kind, model) for kind in KINDS for model in catalog.models(kind).values()]
TOLD = [(kind, name) for kind, facts in FACTS.items() for name in facts.get("models", {})]
WHILE = timedelta(days=60)  # that advice should hold from the day on which it was written


def plain(value: Any) -> Any:
    """Comparable whatever the order of a list and the writing of a number."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return sorted(map(plain, value), key=str)
    return float(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else value


@pytest.mark.parametrize(("kind", "name"), TOLD)
def test_a_model_is_as_its_source_says(kind: str, name: str) -> None:
    model = catalog.models(kind)[name]
    said, told = form(model), dict(FACTS[kind]["models"][name])
    for size, price in told.pop("priced", {}).items():
        assert model.price(Size(*map(int, size.split("x")))) == price, size
        said.pop("price", None)
    whole = kind in VENDORS  # of a vendor's own file nothing is believed that no source says
    known = {key: value for key, value in said.items() if key not in ("source", "as_of") and (whole or key in told)}
    assert plain(known) == plain(told)


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_model_of_a_vendor_has_a_source_that_was_read(vendor: str) -> None:
    assert set(catalog.models(vendor)) == set(FACTS[vendor].get("models", {}))


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_vendor_spells_values_as_its_source_does(vendor: str) -> None:
    forms = catalog.kinds()[vendor].forms
    assert forms is not None
    lists = {name: getattr(forms, name).only for name in ("seconds", "size", "ratio", "resolution")}
    said = {name: {ours: theirs or ours for ours, theirs in only.items()} for name, only in lists.items() if only}
    assert {name: {k: str(v) for k, v in only.items()} for name, only in said.items()} == {
        name: {k: str(v) for k, v in only.items()} for name, only in FACTS[vendor]["forms"].items()
    }


@pytest.mark.parametrize(("kind", "model"), MODELS, ids=[f"{kind}-{model.name}" for kind, model in MODELS])
def test_what_is_advised_is_there_for_a_while(kind: str, model: Model) -> None:
    written = date.fromisoformat(model.as_of)
    for name in model.instead:
        other = lookup(catalog.models(kind), name)
        assert other is not None, f"{name} is not in the catalog"
        assert not other.sunset or date.fromisoformat(other.sunset) >= written + WHILE, f"{name} ends {other.sunset}"
        assert not model.sunset or not other.sunset or other.sunset > model.sunset


@pytest.mark.parametrize(("kind", "model"), MODELS, ids=[f"{kind}-{model.name}" for kind, model in MODELS])
def test_what_ends_has_an_end_that_can_be_looked_up(kind: str, model: Model) -> None:
    assert model.source
    assert not model.sunset or date.fromisoformat(model.sunset)
