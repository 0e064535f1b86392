"""Bindings: which secret may be sent to which origin, and which shared stores may be used with this machine's
credentials. Its owner says so, never a storyboard.

In the environment, REELMAKE_KEYS="NAME=https://origin,NAME=https://…"; or in the user's own file, which a yes on a
terminal adds to. Knows secrets by their place only, and never reads one.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from reelmake.diagnostics import Diagnostic
from reelmake.errors import LocalTool, Mistake
from reelmake.model.http import loopback, origin
from reelmake.scratch import discard
from reelmake.store.disk import explained, fresh_name

VARIABLE = "REELMAKE_KEYS"
Binding = tuple[str, str]
"""The place of a secret (NAME, or keyring:NAME), and where it goes: an origin, or `kind:NAME` for a kind that has no
address, which is a plug-in that the owner has installed."""
STORE = "a shared store"  # in the place of a secret's: no name of one has a space
_KIND = re.compile(r"kind:[\w.-]+")

_TITLE = "# Which secret may be sent where. reelmake asks before it sends one, and adds your yes to this file.\n"


class Bindings:
    """What holds for the project at `root`; `own`: what whoever asks has said by asking."""

    def __init__(self, root: Path, own: Collection[Binding] = ()) -> None:
        self._root, self._own = root, frozenset(own)
        self._known: frozenset[Binding] | None = None  # what is written, once it was read

    def allow(self, place: str, to: str) -> bool:
        """May the secret at this place go to this origin ("" = to none)? Raises Mistake if what the owner wrote is
        garbled."""
        return bool(to) and (loopback(to) or (place, to) in self._own or (place, to) in self._written())

    def known(self, to: str) -> bool:
        """Has the owner let a secret be sent to this origin, whichever? Raises Mistake as `allow`."""
        said = self._own | self._written()
        return loopback(to) or any(there == to for place, there in said if place != STORE)

    def allow_store(self, address: str) -> bool:
        """May this machine's credentials be used for a shared store, and takes be pushed there? Raises Mistake."""
        return (STORE, address) in self._written()

    def remember(self, place: str, to: str) -> None:
        """Adds a yes to the user's file: for a secret and an origin, or for STORE and an address. Raises LocalTool if
        it cannot be written."""
        path = file()
        if self._within(path):
            raise LocalTool(
                f"{path} is inside the project, and a project may not decide where secrets go: set {VARIABLE}"
            )
        with explained(f"write {path}"):
            known = path.read_text(encoding="utf-8") if path.exists() else _TITLE
            table = (
                f'[[store]]\naddress = "{to}"' if place == STORE else f'[[allow]]\nsecret = "{place}"\norigin = "{to}"'
            )
            _write(path.resolve(), f"{known}\n{table}\n")
        self._known = None

    def _written(self) -> frozenset[Binding]:
        if self._known is None:
            path = file()
            filed = () if self._within(path) else _filed(path)
            self._known = frozenset([*_said(os.environ.get(VARIABLE, "")), *filed])
        return self._known

    def _within(self, path: Path) -> bool:
        """Does it lie in the project, or in the work tree that the project is in? Then whoever wrote the board may
        have written it."""
        root = self._root.resolve()
        tree = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
        return path.resolve().is_relative_to(tree)


def file() -> Path:
    """The user's own: $XDG_CONFIG_HOME/reelmake/keys.toml."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "reelmake" / "keys.toml"


def _write(path: Path, text: str) -> None:
    """Whole, and for the user's own eyes."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = fresh_name(path.parent, ".tmp")
    try:
        draft.touch(mode=0o600, exist_ok=False)
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    finally:
        discard(draft)


def _said(words: str) -> Iterator[Binding]:
    for word in filter(None, map(str.strip, words.split(","))):
        place, _, address = word.partition("=")
        yield _checked(place.strip(), address.strip(), VARIABLE, f'"{word}"')


def _filed(path: Path) -> Iterator[Binding]:
    try:
        found: Mapping[str, object] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    except (OSError, ValueError, RecursionError) as error:  # not UTF-8, not TOML
        raise _garbled(str(path), str(error)) from error
    rows, stores = found.get("allow", []), found.get("store", [])
    if found.keys() - {"allow", "store"} or not isinstance(rows, list) or not isinstance(stores, list):
        raise _garbled(str(path), "it holds something other than [[allow]] and [[store]] tables")
    for row in stores:
        match row:
            case {"address": str(address), **rest} if not rest:
                yield STORE, address
            case _:
                raise _garbled(str(path), "each [[store]] needs an `address`, a text")
    for row in rows:
        match row:
            case {"secret": str(place), "origin": str(address), **rest} if not rest:
                yield _checked(place, address, str(path), f'"{address}"')
            case _:
                raise _garbled(str(path), "each [[allow]] needs a `secret` and an `origin`, both text")


def _checked(place: str, address: str, where: str, said: str) -> Binding:
    if place and _KIND.fullmatch(address):
        return place, address
    to = origin(address)
    if not place or not to or address.lower().rstrip("/") not in (to, _explicit(to)):
        raise _garbled(where, f"{said} is not NAME=ORIGIN")
    return place, to


def _explicit(to: str) -> str:
    """The origin with its default port."""
    return to + (":443" if to.startswith("https") else ":80")


def _garbled(where: str, why: str) -> Mistake:
    hint = f'as in {VARIABLE}="STUDIO_KEY=https://api.studio.example": scheme, host and port, without a path'
    return Mistake([Diagnostic("RM822", f"{where} cannot be read: {why}", None, hint=hint)])
