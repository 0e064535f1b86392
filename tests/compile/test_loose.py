"""Loose shots: options as nodes, over a document or over none."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest

from reelmake import catalog
from reelmake.compile.loose_shots import provider_name
from reelmake.compile.stages import Shelves, compile_script
from reelmake.diagnostics import Source
from reelmake.model.compiled import Compiled
from reelmake.model.medium import Price
from reelmake.model.order import ClipOrder
from reelmake.model.wish import Overrides

DOCUMENT = """\
reelmake: 1
vars: {name: m7}
providers:
  studio: {kind: openai-videos, base_url: "http://localhost:1/v1", api_key: "${env:KEY}"}
tiers:
  final: {provider: studio, model: "${name}", size: 1792x1024, price: 0.12}
defaults: {tier: final, seconds: 8, takes: 3}
style: Noir.
characters: {maya: {look: A girl, image: refs/gone.png}}
sound: {music: {file: gone.flac}}
shots:
  broken: {prompt: "${nobody}", seconds: -1}
cut: [nothing]
budget: 5
"""


def compiled(document: str = "reelmake: 1\n", **options: str) -> Compiled:
    return compile_script(
        Source("storyboard.yaml", document),
        SimpleNamespace(
            open=lambda path: Source(path, ""), exists=lambda path: path == "one-image.png", barred=lambda path: None
        ),
        Shelves(catalog.kinds(), catalog.transitions(), catalog.outputs()),
        Overrides(loose={"one": options}),
    )


def job(document: str = "reelmake: 1\n", **options: str) -> ClipOrder:
    script = compiled(document, **options)
    assert not script.diagnostics, [d.message for d in script.diagnostics]
    (slate,) = script.variants[0].slates.values()
    return slate.orders[0]


def test_an_installation_without_the_sketch_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    others = {"openai-videos": catalog.kinds()["openai-videos"]}
    monkeypatch.setattr(catalog, "kinds", lambda: others)
    assert [(d.code, d.hint) for d in compiled(prompt="A kite.").diagnostics] == [("RM503", "install reelmake again")]


def test_without_a_document_it_is_a_sketch() -> None:
    made = job(prompt="A kite.", seconds="2.5", size="64x64", seed="7")
    assert (made.prompt, made.seconds, str(made.size), made.seed) == ("A kite.", Fraction(5, 2), "64x64", 7)
    assert (made.provider, made.local, made.shot) == ("sketch", True, "one")


def test_a_document_gives_its_tiers_and_defaults_and_nothing_else() -> None:
    made = job(DOCUMENT, prompt="Costs ${maya} $5.")
    assert made.prompt == "Costs ${maya} $5."
    assert (made.provider, made.model, made.seconds, made.price) == ("studio", "m7", 8, Price(Decimal("0.12")))
    script = compiled(DOCUMENT, prompt="A kite.")
    assert (len(script.variants[0].slates["one"].orders), script.variants[0].board.budget) == (3, 5)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"tier": "sketch"}, ("sketch", "")),
        ({"model": "other"}, ("studio", "other")),  # of the default tier, else as it was
        ({"provider": "studio", "model": "x"}, ("studio", "x")),
        ({"provider": "sketch"}, ("sketch", "")),
    ],
)
def test_who_makes_it(options: Mapping[str, str], expected: tuple[str, str]) -> None:
    made = job(DOCUMENT, prompt="A kite.", **options)
    assert (made.provider, made.model) == expected


def test_a_model_changes_the_tier_and_keeps_its_size() -> None:
    assert str(job(DOCUMENT, prompt="A kite.", model="other").size) == "1792x1024"
    assert str(job(DOCUMENT, prompt="A kite.", provider="studio", model="m").size) == "1280x720"


def test_a_server_by_its_address_is_called_the_same_in_every_run() -> None:
    address = {"base_url": "http://user@localhost:8000/v1", "kind": "openai-videos", "api_key": "KEY"}
    script = compiled(prompt="A kite.", model="m", **address)
    name = provider_name("openai-videos", address["base_url"])
    spec = script.variants[0].board.providers[name]
    assert name.startswith("at-localhost-8000-")
    assert (spec.kind, spec.base_url, spec.api_key) == ("openai-videos", address["base_url"], "KEY")
    assert provider_name("openai-videos", "http://localhost:8000/v2") != name


@pytest.mark.parametrize(
    ("options", "code", "place"),
    [
        ({"seconds": "1:30"}, "RM109", "--seconds"),
        ({"seed": "one"}, "RM204", "--seed"),
        ({"tier": "fin"}, "RM501", "--tier"),
        ({"image": "/somewhere/else.jpg"}, "RM601", "--image"),
        ({"model": "a\x00b"}, "RM103", "--model"),
        ({"base_url": "http://x", "kind": "no-such"}, "RM503", "--kind"),
        ({"base_url": "http://x", "kind": "openai-videos", "api_key": "sk-1234 "}, "RM504", "--api-key-env"),
    ],
)
def test_a_mistake_points_at_its_option(options: Mapping[str, str], code: str, place: str) -> None:
    found = [(d.code, d.span.source.name if d.span else "") for d in compiled(prompt="A kite.", **options).diagnostics]
    assert (code, place) in found
