"""Keys that earlier versions gave, written down: a take that was paid for under one of them must stay its shot's."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from reelmake.model.order import LATER
from reelmake.model.step import Input, Step
from reelmake.plan.key import head, key, order
from tests.support.world import shot

SOURCE = Input("source", step="shot:a")
GENERATED = shot("a", "a kite")
REMIXED = shot("r", "at dusk", SOURCE, operation="remix", extras={"cfg": 7, "script": ["pending"]}, seed=5)
EXTENDED = shot(
    "e", "on", SOURCE, Input("image", file="x.png"), operation="extend", take=2, variation=2, price=None
)  # fmt: skip
GOLDEN = {
    "generated": (GENERATED, "ea9ae05e3c6a832b159c091383e7884f6e4d6f7e0771eaa5ac7e46a06f5b705d", "fbd323ddcb774d6b"),
    "remixed": (REMIXED, "0aea02af72600892ad121d66dec6ac14f49edc960e50bd411aff9beedc8ea51e", "4f70de6125f45f6f"),
    "extended": (EXTENDED, "42450e374ef8e456232bb402cf4294b88681482bda5735cebeb42d84721a7ffb", "068de64636e8f067"),
}
DIGESTS = {"source": "a" * 64, "image": "b" * 64}


@pytest.mark.parametrize("name", GOLDEN)
def test_keys_and_orders_stay_as_they_were(name: str) -> None:
    step, digest, ordered = GOLDEN[name]
    assert (key(step, DIGESTS), order(step)) == (digest, ordered)


@pytest.mark.parametrize("change", [{"retry_moderation": 1}, {"if_gone": "upload"}, {"price": None}, {"tier": "x"}])
def test_what_does_not_reach_the_provider_is_in_no_key(change: dict[str, Any]) -> None:
    for step, digest, _ in GOLDEN.values():
        assert key(_changed(step, change), DIGESTS) == digest


def _changed(step: Step, change: dict[str, Any]) -> Step:
    return replace(step, work=replace(step.work, **change))


@dataclass(frozen=True)
class _Grown:
    size: int
    look: str = field(default="", metadata=LATER)
    tags: tuple[str, ...] = field(default_factory=tuple, metadata=LATER)


@dataclass(frozen=True)
class _Nested:
    inner: _Grown


def test_a_later_field_is_in_no_key_while_it_has_its_default() -> None:
    def names(work: Any) -> list[tuple[str, str]]:
        return list(head(Step("s", "segment", work))[3:])

    assert names(_Grown(1)) == [("size", "1")]
    assert names(_Grown(1, "teal")) == [("size", "1"), ("look", "teal")]
    assert names(_Nested(_Grown(1, tags=("a",)))) == [("inner", '{"size":1,"tags":["a"]}')]
