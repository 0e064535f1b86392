"""Every recorded exchange with a vendor that is a file: one file a fact, written from the primary sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reelmake import catalog
from reelmake.model.storyboard import ProviderSpec
from reelmake.providers.json_jobs.conversation import JsonJobs
from tests.support import exchange as record

FOLDER = Path(__file__).parent / "exchanges"
VENDORS = sorted(file.stem for file in Path(catalog.__file__).parents[1].glob("providers/vendors/*.yaml"))
EXCHANGES = [(vendor, *found) for vendor in VENDORS for found in record.load(FOLDER / vendor)]


def talk(conversation: JsonJobs, ask: str, told: dict[str, Any]) -> Any:
    if ask == "submit":
        return conversation.submit(record.order(**told))
    if ask == "find":
        return conversation.find(record.attempt(**told))
    return getattr(conversation, ask)(**told)


@pytest.mark.parametrize(
    ("vendor", "file", "exchange"), [(e[0], *e[2:]) for e in EXCHANGES], ids=[f"{e[0]}-{e[1]}" for e in EXCHANGES]
)
def test_an_exchange(vendor: str, file: dict[str, Any], exchange: dict[str, Any]) -> None:
    spec = ProviderSpec("studio", vendor, options=file.get("options", {}))
    record.check(exchange, talk(catalog.module(spec).converse(spec), exchange["ask"], exchange["with"]))


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_vendor_has_orders_polls_and_clips(vendor: str) -> None:
    asked = {e[3]["ask"] for e in EXCHANGES if e[0] == vendor}
    ends = {end for e in EXCHANGES if e[0] == vendor for end in e[3]["ends"]}
    jobs = catalog.vendor(vendor).has_jobs
    assert asked >= ({"submit", "poll", "fetch"} if jobs else {"submit"})
    assert ends >= ({"Accepted", "Pending", "Ready", "Dead", "raises"} if jobs else {"Accepted", "raises"})
