"""Where secrets come from: the environment, or the keyring of this machine's user. They are read when they are needed,
handed to what connects, and kept nowhere.

A storyboard holds the *place* of a secret: `NAME` (an environment variable) or `keyring:NAME`. Knows nothing of what
a secret opens.
"""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

from reelmake.errors import Unwilling
from reelmake.model.storyboard import ProviderSpec
from reelmake.records import dataclass

SERVICE = "reelmake"  # whose entries in the keyring
_KEYRING = "keyring:"
_SENDABLE = re.compile(r"[\x21-\x7e]+(?: [\x21-\x7e]+)*")


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that a provider needs and that is not there: in words, and the command that puts it there."""

    what: str
    remedy: str


def read(place: str) -> str:
    """The secret at a place; "" if there is none. An empty one is none."""
    if not place:
        return ""
    if place.startswith(_KEYRING):
        return _keyring(place.removeprefix(_KEYRING))[0]
    return os.environ.get(place, "").strip()


def lack(place: str) -> Lack | None:
    """What is missing at a place; None if a secret is there, or none is needed."""
    if not place:
        return None
    secret = read(place)
    name = place.removeprefix(_KEYRING)
    if place != name:
        what, remedy = f"the entry {name} in the keyring", f"keyring set {SERVICE} {name}"
        if problem := _keyring(name)[1]:
            return Lack(f"{what}, {problem}", "pip install 'reelmake[keyring]'" if "package" in problem else remedy)
    else:
        what, remedy = f"the environment variable {name}", f"export {name}=…"
        if not secret:
            return Lack(f"{what}, which is {'empty' if name in os.environ else 'not set'}", remedy)
    if not _SENDABLE.fullmatch(secret):
        return Lack(f"{what}, which contains characters that no key has", remedy)
    return None


def lacks(spec: ProviderSpec) -> tuple[Lack, ...]:
    """Everything that is missing to connect to a provider."""
    found = [lack(spec.api_key)]
    if spec.base_url and not _is_address(spec.base_url):
        found.append(Lack("an address that begins with http:// or https:// in base_url", "reelmake check"))
    return tuple(each for each in found if each)


def demand(spec: ProviderSpec) -> None:
    """Raises Unwilling, with all that is missing to connect to a provider and what to do about it."""
    if missing := lacks(spec):
        needs, remedies = " and ".join(lack.what for lack in missing), [lack.remedy for lack in missing]
        message = f'provider "{spec.name}" needs {needs}'
        raise Unwilling(message, code="RM804", span=spec.span, next_steps=remedies)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _keyring(name: str) -> tuple[str, str]:
    """The secret, or "" and why there is none."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return "", "for which the package keyring is not installed"
    try:
        secret = (keyring.get_password(SERVICE, name) or "").strip()
    except KeyringError as error:
        return "", f"which cannot be opened ({error})"
    return secret, "" if secret else "which is missing"
