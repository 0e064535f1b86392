"""Keys of people, made by ssh-keygen as people make them."""

from __future__ import annotations

import subprocess
from pathlib import Path


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
