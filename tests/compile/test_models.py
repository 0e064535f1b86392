"""The form of a model: what is read of it, what it lays over, what it costs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from reelmake import catalog
from reelmake.compile.models import form, lookup, read_models
from reelmake.compile.node import plain
from reelmake.compile.read import read
from reelmake.compile.validate import schema
from reelmake.diagnostics import Report, Source
from reelmake.model.frame import Size
from reelmake.model.provider import Limits, Model

CATALOG = sorted(Path(catalog.__file__).parents[1].glob("providers/*/models.yaml"))

FULL = """
m:
  sizes: [1280x720, 720x1280]
  sides: [720, 1080]
  seconds: [4, 8.5]
  operations: [generate, remix]
  image: true
  last_image: false
  exact_image: true
  references: 3
  languages: [en, pt-BR]
  price: {720: 0.30, 1024: 0.50, 0: 0.90}
  per_image: 0.002
  free_images: 2
  per_clip: 0.05
  least: 0.56
  limits: {in_flight: 2, per_minute: 5}
  sunset: 2026-09-24
  instead: [n, o]
  source: the vendor's page
  as_of: 2026-11-21
"""


def models(text: str, known: dict[str, Model] | None = None) -> dict[str, Model]:
    report = Report()
    found = read_models(read(Source("models.yaml", text), report), "k", known or {})
    assert report.items == []
    return found


def test_every_key_is_read() -> None:
    assert models(FULL)["m"] == Model(
        name="m",
        kind="k",
        sizes=(Size(1280, 720), Size(720, 1280)),
        sides=(720, 1080),
        seconds=(Fraction(4), Fraction(17, 2)),
        operations=frozenset({"generate", "remix"}),
        image=True,
        last_image=False,
        exact_image=True,
        references=3,
        languages=("en", "pt-BR"),
        prices={720: Decimal("0.30"), 1024: Decimal("0.50"), 0: Decimal("0.90")},
        per_image=Decimal("0.002"),
        free_images=2,
        per_clip=Decimal("0.05"),
        least=Decimal("0.56"),
        limits=Limits(2, 5),
        sunset="2026-09-24",
        instead=("n", "o"),
        source="the vendor's page",
        as_of="2026-11-21",
    )


def test_lengths_may_be_a_range_and_a_price_one_number() -> None:
    m = models("m: {seconds: {from: 3, to: 10}, price: 0.1}")["m"]

    assert (m.shortest, m.longest, m.seconds) == (3, 10, ())
    assert m.price(Size(640, 360)) == m.price(Size(3840, 2160)) == Decimal("0.1")


def test_what_is_said_wins_key_by_key() -> None:
    over = models("m: {price: 0.2, seconds: {from: 1, to: 9}, sunset: never}\nnew: {price: 1}", models(FULL))

    assert over["m"].prices == {0: Decimal("0.2")}
    assert (over["m"].seconds, over["m"].longest, over["m"].sunset) == ((), 9, "")
    assert over["m"].sizes == (Size(1280, 720), Size(720, 1280))
    assert over["m"].source == "the storyboard and the vendor's page"
    assert over["new"].prices == {0: Decimal(1)}


def test_a_gateways_prefix_is_looked_through_but_a_name_of_its_own_wins() -> None:
    known = models("m: {price: 1}\nfast/m: {price: 2}")

    assert lookup(known, "openai/m") is known["m"]
    assert lookup(known, "fast/m") is known["fast/m"]
    assert lookup(known, "m2") is None
    assert models("proxy/m: {image: false}", known)["proxy/m"].prices == {0: Decimal(1)}


def test_the_price_goes_by_the_shorter_side() -> None:
    m = models(FULL)["m"]

    assert m.price(Size(1280, 720)) == m.price(Size(720, 1280)) == m.price(Size(480, 480)) == Decimal("0.30")
    assert m.price(Size(1792, 1024)) == Decimal("0.50")
    assert m.price(Size(1920, 1080)) == Decimal("0.90")
    assert models("m: {price: {720: 1}}")["m"].price(Size(1920, 1080)) is None
    assert models("m: {per_clip: 1}")["m"].price(Size(1920, 1080)) == 0
    assert models("m: {}")["m"].price(Size(1920, 1080)) is None


def test_pictures_count_beyond_those_that_are_free() -> None:
    m = models(FULL)["m"]

    assert [m.fee(pictures) for pictures in (0, 2, 5)] == [Decimal("0.05"), Decimal("0.05"), Decimal("0.056")]
    assert models("m: {per_image: 1}")["m"].fee(2) == 2


def test_a_model_may_start_from_pictures_only() -> None:
    m = models("m: {image: required}")["m"]

    assert (m.image, m.needs_image) == (True, True)
    assert form(m)["image"] == "required"
    assert not models("m: {image: true}", {"m": m})["m"].needs_image
    assert models("m: {image: false}", {"m": m})["m"].image is False
    assert models("m: {image: maybe}")["m"] == Model("m", "k")


def test_a_language_may_be_said_with_its_region_or_without() -> None:
    model = Model("m", "k", languages=("en", "pt-BR"))
    asked = ["", "en", "en-GB", "EN", "pt", "pt-BR", "pt-PT", "e", "de"]
    assert [model.speaks(code) for code in asked] == [True, True, True, True, True, True, False, False, False]
    assert Model("m", "k").speaks("de")


def test_the_sunset_is_the_first_day_without_it() -> None:
    m = models(FULL)["m"]

    assert not m.gone("2026-09-23")
    assert m.gone("2026-09-24")
    assert not models("m: {}")["m"].gone("2099-01-01")


def test_what_has_the_wrong_form_is_left_out() -> None:
    odd = (
        "m: {sizes: [big, 1280x720], seconds: eight, price: cheap, references: many, limits: {in_flight: a}, image: 1}"
    )

    assert models(odd)["m"] == Model("m", "k", sizes=(Size(1280, 720),), seconds=())


# -- the catalog that ships


@pytest.mark.parametrize("file", CATALOG, ids=lambda file: file.parent.name)
def test_the_catalog_has_the_form_and_says_where_each_line_was_read(file: Path) -> None:
    from jsonschema import Draft202012Validator

    report = Report()
    tree = read(Source(file.name, file.read_text("utf-8")), report)
    assert tree is not None
    assert report.items == []
    shape = Draft202012Validator({**schema()["$defs"]["model"], "$defs": schema()["$defs"]})
    for name, entry in plain(tree).items():
        assert [e.message for e in shape.iter_errors(entry)] == [], name
        assert entry["source"], name
        assert entry["as_of"], name


def test_what_is_advised_instead_is_in_the_catalog_and_still_there() -> None:
    known = catalog.models("openai-videos")
    assert len(known) > 40
    for model in known.values():
        for name in model.instead:
            assert not known[name].gone(model.as_of), f"{model.name} -> {name}"
        if model.sunset:
            assert model.instead, model.name


def test_sora_is_known_with_its_prices_and_its_end() -> None:
    known = catalog.models("openai-videos")
    pro = known["sora-2-pro"]

    assert [pro.price(Size(*s)) for s in ((1280, 720), (1024, 1792), (1920, 1080))] == [
        Decimal("0.30"),
        Decimal("0.50"),
        Decimal("0.70"),
    ]
    assert known["sora-2"].price(Size(720, 1280)) == Decimal("0.10")
    assert {m.sunset for n, m in known.items() if n.startswith("sora-2")} == {"2026-09-24"}
    assert known["azure/sora-2"].sunset == "2026-11-02"
    assert {known[f"gemini/veo-3.1{v}-generate-preview"].sunset for v in ("", "-fast", "-lite")} == {"2026-10-22"}
    assert lookup(known, "openai/sora-2") is known["sora-2"]
    assert catalog.models("sketch") == catalog.models("nobody") == {}


@pytest.mark.parametrize("kind", sorted(catalog.kinds()))
def test_what_is_written_is_read_again(kind: str) -> None:
    import json

    known = dict(catalog.models(kind))
    written = {name: form(model) for name, model in known.items()}
    assert models(json.dumps(written)) == {n: replace(m, kind="k") for n, m in known.items()}
    assert form(models(FULL)["m"]) == form(models(json.dumps({"m": form(models(FULL)["m"])}))["m"])
