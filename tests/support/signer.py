"""Keys of people, made by ssh-keygen as people make them, and what they share in a folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

from reelmake.model.offer import Offer
from reelmake.model.signer import public_key
from reelmake.model.take import Take
from reelmake.store import entry
from reelmake.store.entry import offered, written
from reelmake.store.local import LocalStore
from reelmake.store.signing import SigningKey


def ssh(*words: str, given: str = "") -> str:
    """What ssh-keygen prints."""
    done = subprocess.run(["ssh-keygen", *words], input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def made_key(file: Path, *, sort: str = "ed25519", passphrase: str = "", alone: bool = False) -> Path:
    """A private key, with its public half beside it. `alone`: only that half is here."""
    ssh("-q", "-t", sort, "-N", passphrase, "-C", file.name, "-f", str(file))
    if alone:
        file.unlink()
    return file


def public(key: Path) -> str:
    """As `trust:` takes it."""
    return public_key(key.with_name(f"{key.name}.pub").read_text())


def share(folder: Path, store: LocalStore, *takes: Take, key: Path | None = None) -> None:
    """Puts takes into the shared store in a folder, signed if there is a key."""
    offers = [offered(take) for take in takes]
    for offer in SigningKey(str(key)).sign(offers, folder) if key else offers:
        put(folder, offer, store.path(offer.take).read_bytes())


def put(folder: Path, offer: Offer, data: bytes) -> None:
    """An entry with its bytes, whatever it says."""
    files = {entry.MARK: entry.MARKED, entry.bytes_of(offer.take): data, entry.entry_of(offer.take): written(offer)}
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
