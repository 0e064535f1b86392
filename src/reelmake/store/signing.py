"""Signatures below what is said of takes: Ed25519, of the form that `ssh-keygen -Y` makes and checks.

What is signed is the text of a record, whole, in the name of NAMESPACE: a signature that was made for a commit, a login
or a file is none here, and ours is none there. So every word of an entry is bound: key, digest, suffix, kind, facts and
manifest. It says "this is what that order gave", which is as true in another project; who believes it is each
project's own matter. Knows nothing of who is trusted, or where entries are kept.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import subprocess
from collections.abc import Collection, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from reelmake.errors import LocalTool
from reelmake.model.offer import Offer, Signature
from reelmake.model.signer import BadKey, public_key, raw
from reelmake.scratch import discard
from reelmake.store.disk import explained, make_folder

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

VARIABLE = "REELMAKE_SIGNING_KEY"
NAMESPACE = "reelmake-take-1"
INSTALL = 'pip install "reelmake[trust]"'
UNSIGNABLE, ABSENT = "RM977", "RM978"
_BEGINS, _OTHERS = "-----BEGIN OPENSSH PRIVATE KEY-----", "-----"
_MOST = 16  # signatures of an entry that are looked at
_EACH = 500  # texts that one ssh-keygen signs: their names are arguments


def signers(offer: Offer, trusted: Collection[str]) -> list[str]:
    """Which of the trusted have signed an offer, in their order; none where signatures cannot be checked."""
    said = [s for s in offer.signatures[:_MOST] if s.key in trusted] if offer.text else []
    good = {s.key for s in said if _holds(s, offer.text)}
    return [key for key in trusted if key in good]


def checks() -> bool:
    """Is the package here that checks them?"""
    return find_spec("cryptography") is not None


def _holds(signature: Signature, text: str) -> bool:
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(raw(signature.key))
        key.verify(base64.b64decode(signature.signature, validate=True), _message(text))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _message(text: str) -> bytes:
    """What OpenSSH signs of a file that holds this text (PROTOCOL.sshsig)."""
    parts = (NAMESPACE.encode(), b"", b"sha512", hashlib.sha512(text.encode()).digest())
    return b"SSHSIG" + b"".join(len(part).to_bytes(4, "big") + part for part in parts)


class SigningKey:
    """The key that whoever runs this signs with. `said`: the path of a private key, of a public one whose other half an
    agent has, or, as CI hands out secrets, the text of a private key itself."""

    def __init__(self, said: str) -> None:
        self._said = said

    def sign(self, offers: Sequence[Offer], scratch: Path) -> list[Offer]:
        """The offers with our signature. A key that is locked is unlocked once, by ssh-keygen, which asks on the
        terminal. `scratch`: a folder of ours for what it is to read. Raises LocalTool."""
        if self._open is not None:
            made = [self._open.sign(_message(offer.text)) for offer in offers]
        else:
            made = []
            for first in range(0, len(offers), _EACH):
                made += self._asked([offer.text for offer in offers[first : first + _EACH]], scratch)
        mine = [Signature(self.key, base64.b64encode(each).decode()) for each in made]
        signed = [Offer(o.take, o.text, (*o.signatures, s)) for o, s in zip(offers, mine, strict=True)]
        if any(self.key not in signers(offer, [self.key]) for offer in signed):
            raise self._unable("what came of it does not fit the public key beside it")
        return signed

    @cached_property
    def key(self) -> str:
        """The public one. Raises LocalTool."""
        if self._open is not None:
            from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

            return public_key(self._open.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode())
        half = self._path if self._path.suffix == ".pub" else self._path.with_name(f"{self._path.name}.pub")
        try:
            return public_key(_read(half))
        except OSError as error:
            raise self._unable(f"its public half, {half}, cannot be read: {error.strerror}") from None
        except BadKey as error:
            raise self._unable(f"{half} {error}") from None

    @property
    def _path(self) -> Path:
        try:
            return Path(self._said).expanduser()
        except RuntimeError:
            raise self._unable("it names the home of somebody who has none here") from None

    @cached_property
    def _text(self) -> str:
        if self._said.lstrip().startswith(_BEGINS):
            return self._said.strip() + "\n"
        if self._said.lstrip().startswith(_OTHERS):
            raise self._unable("it holds a key in another form than OpenSSH's")
        try:
            return _read(self._path)
        except OSError as error:  # it is not shown: half a key is no path either, and this is told in logs
            raise self._unable(f"the file that it names cannot be read: {error.strerror or 'no path'}") from None

    @cached_property
    def _open(self) -> Ed25519PrivateKey | None:
        """The private key, if it is here and not locked."""
        if not self._text.startswith(_BEGINS):
            return None
        try:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
            from cryptography.hazmat.primitives.serialization import load_ssh_private_key
        except ImportError:
            raise _absent("takes are signed") from None
        try:
            key = load_ssh_private_key(self._text.encode(), None)
        except TypeError:  # it has a passphrase
            return None
        except Exception as error:  # ValueError, UnsupportedAlgorithm: not a whole key, or one of a curve unknown to it
            raise self._unable(f"it is not a private key that can be read: {error}") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise self._unable("it is of another type; only ssh-ed25519 keys are read")
        return key

    def _asked(self, texts: Sequence[str], scratch: Path) -> list[bytes]:
        """The signatures of texts, by ssh-keygen, which knows agents and asks for passphrases."""
        with explained(f"write in {scratch}"):
            make_folder(scratch, durable=False)
            files = [scratch / f"sign-{os.getpid()}-{number}" for number in range(len(texts))]
            made = [file.with_name(f"{file.name}.sig") for file in files]
            try:
                for file, text in zip(files, texts, strict=True):
                    file.write_bytes(text.encode())
                self._run(["ssh-keygen", "-Y", "sign", "-f", str(self._path), "-n", NAMESPACE, *map(str, files)])
                return [_signature(file.read_text()) for file in made]
            finally:
                for file in (*files, *made):
                    discard(file)

    def _run(self, command: Sequence[str]) -> None:
        if self._said.lstrip().startswith(_BEGINS):
            raise self._unable("the key itself has a passphrase, which nobody can be asked for: name its file")
        try:
            done = subprocess.run(command, stderr=subprocess.PIPE, text=True, errors="replace", check=False)
        except OSError as error:
            raise self._unable(
                f"ssh-keygen, which asks its agent or for its passphrase, is not here ({error})"
            ) from None
        if done.returncode:
            raise self._unable(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "ssh-keygen failed")

    def _unable(self, why: str) -> LocalTool:
        return LocalTool(f"nothing can be signed with {VARIABLE}: {why}", code=UNSIGNABLE)


def _absent(what: str) -> LocalTool:
    return LocalTool(f"{what} with a package that is not here", next_steps=[INSTALL], code=ABSENT)


def own() -> SigningKey | None:
    """As the environment names it."""
    said = os.environ.get(VARIABLE, "").strip()
    return SigningKey(said) if said else None


def _read(file: Path) -> str:
    return file.read_bytes()[:100_000].decode(errors="replace")


def _signature(armored: str) -> bytes:
    """The 64 bytes at the end of what ssh-keygen writes; whoever takes them checks them."""
    return base64.b64decode("".join(armored.strip().splitlines()[1:-1]))[-64:]
