"""Where a project shares its takes, and what of that this machine's owner has allowed.

REELMAKE_CACHE in the environment is the owner's own word. `cache.remote` comes with a storyboard: it may be read as
everybody may read it, for what is believed is decided elsewhere; but no credentials are used for it, nothing is pushed
to it, no folder is opened and nothing in this machine's network is asked, until the owner has allowed it. Knows nothing
of takes.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from reelmake.errors import Gone, LocalTool
from reelmake.model.offer import Offer
from reelmake.model.store_address import StoreAddress, store_address
from reelmake.model.take import Take
from reelmake.ports import Shelf, Tell
from reelmake.records import dataclass
from reelmake.store.bucket_client import credentials, endpoint

if TYPE_CHECKING:
    from reelmake.world.bindings import Bindings

VARIABLE = "REELMAKE_CACHE"


@dataclass(frozen=True)
class Remote:
    """`allowed`: the owner has named it, or has allowed what the storyboard names.
    `silent`: nobody could push there from here if it were; else what it is that could not be done is worth a word."""

    shelf: Shelf
    allowed: bool
    silent: bool

    @property
    def name(self) -> str:
        """Its address, by which it is allowed, too."""
        return self.shelf.name


class _Barred:
    """ports.Shelf for a place that is not even asked; says why to whoever wanted something of it."""

    def __init__(self, name: str, why: str) -> None:
        self.name, self.trouble, self._why = name, "", why

    def records(self, wanted: Mapping[str, Collection[str]]) -> Mapping[str, tuple[Offer, ...]]:
        self.trouble = self._why if any(wanted.values()) else self.trouble
        return {}

    async def fetch(self, take: Take, into: Path, tell: Tell) -> str:
        """See ports.Shelf."""
        raise Gone(self._why)


def remote(named: str, bindings: Bindings) -> Remote | None:
    """`named`: by the storyboard, "" = nothing. Raises LocalTool for a REELMAKE_CACHE that is no address."""
    said = os.environ.get(VARIABLE, "")
    if not (said or named):
        return None
    try:
        address = store_address(said or named)
    except ValueError as error:
        raise LocalTool(f"{VARIABLE} is {said}: {error}", code="RM970") from None
    allowed = bool(said) or bindings.allow_store(str(address))
    silent = address.scheme == "https" or (address.scheme != "file" and not credentials(address.scheme))
    return Remote(_shelf(address, allowed=allowed), allowed, silent)


def _shelf(address: StoreAddress, *, allowed: bool) -> Shelf:
    match address.scheme:
        case "https":
            from reelmake.world.web_shelf import WebShelf

            return WebShelf(address, inside=allowed)
        case "file":
            from reelmake.store.folder_shelf import folder_shelf

            return folder_shelf(Path(address.path)) if allowed else _barred(address, "a folder of this machine")
        case _:
            from reelmake.store.bucket import Bucket

            if not allowed and endpoint(address.scheme):
                return _barred(address, "on a server of your own")
            return Bucket(address, own=allowed, writes=allowed and credentials(address.scheme))


def _barred(address: StoreAddress, what: str) -> _Barred:
    return _Barred(str(address), f"it is {what}, and not yet allowed: set {VARIABLE}={address}")
