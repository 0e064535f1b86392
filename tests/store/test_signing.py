"""Signatures of entries, against OpenSSH itself: what it signs holds here, what we sign holds there."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from reelmake.errors import LocalTool
from reelmake.model.offer import Offer
from reelmake.model.signer import BadKey, public_key
from reelmake.model.take import Facts, Take
from reelmake.plan.key import digest
from reelmake.store.entry import offered, read, written
from reelmake.store.signing import NAMESPACE, VARIABLE, SigningKey, own, signers
from tests.support.signer import made_key, public, ssh

MANIFEST = (("prompt", "a park"),)
TAKE = Take(digest(MANIFEST), "d" * 64, "clip", ".mp4", Facts(9), MANIFEST, Decimal("0.4"), "studio", "wan", "job-1")


@pytest.fixture
def maya(tmp_path: Path) -> Path:
    return made_key(tmp_path / "maya")


def test_what_we_sign_holds_with_openssh(maya: Path, tmp_path: Path) -> None:
    (offer,) = SigningKey(str(maya)).sign([offered(TAKE)], tmp_path / "tmp")
    assert signers(read(written(offer)), [public(maya)]) == [public(maya)]
    head, key = (
        b"".join(_field(p) for p in (b"ssh-ed25519", base64.b64decode(public(maya)[12:])[-32:])),
        offer.signatures[0],
    )
    parts = (head, NAMESPACE.encode(), b"", b"sha512", _field(b"ssh-ed25519") + _field(base64.b64decode(key.signature)))
    blob = base64.encodebytes(b"SSHSIG\0\0\0\1" + b"".join(map(_field, parts))).decode()
    (tmp_path / "sig").write_text(f"-----BEGIN SSH SIGNATURE-----\n{blob}-----END SSH SIGNATURE-----\n")
    (tmp_path / "allowed").write_text(f"maya {public(maya)}\n")
    check = [
        "-Y",
        "verify",
        "-f",
        str(tmp_path / "allowed"),
        "-I",
        "maya",
        "-n",
        NAMESPACE,
        "-s",
        str(tmp_path / "sig"),
    ]
    assert "Good" in ssh(*check, given=offer.text)


def _field(part: bytes) -> bytes:
    return len(part).to_bytes(4, "big") + part


def test_a_key_with_a_passphrase_is_signed_with_by_its_agent(tmp_path: Path, agent: dict[str, str]) -> None:
    locked = made_key(tmp_path / "locked", passphrase="a long one")
    askpass = tmp_path / "askpass"
    askpass.write_text("#!/bin/sh\necho a long one\n")
    askpass.chmod(0o700)
    typed = {**agent, "SSH_ASKPASS": str(askpass), "SSH_ASKPASS_REQUIRE": "force"}
    subprocess.run(["ssh-add", "-q", str(locked)], env={"PATH": "/usr/bin:/bin", **typed}, check=True)
    others = [replace(TAKE, digest=f"{n:064}") for n in range(3)]
    signed = SigningKey(f"{locked}.pub").sign([offered(take) for take in others], tmp_path / "tmp")
    assert [signers(offer, [public(locked)]) for offer in signed] == [[public(locked)]] * 3
    assert not [*(tmp_path / "tmp").iterdir()]
    assert signers(SigningKey(str(locked)).sign([offered(TAKE)], tmp_path)[0], [public(locked)])


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    said = subprocess.run(["ssh-agent", "-s"], capture_output=True, text=True, check=True).stdout
    words = dict(part.split("=", 1) for part in said.replace(";", "\n").split() if "=" in part)
    for name, value in words.items():
        monkeypatch.setenv(name, value)
    yield words
    subprocess.run(["ssh-agent", "-k"], env=words, capture_output=True, check=True)


def test_ci_hands_out_the_key_itself(maya: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert own() is None
    monkeypatch.setenv(VARIABLE, maya.read_text())
    found = own()
    assert found is not None
    assert found.key == public(maya)
    assert signers(found.sign([offered(TAKE)], tmp_path)[0], [public(maya)])


def test_a_signature_holds_for_its_text_its_key_and_its_purpose_alone(maya: Path, tmp_path: Path) -> None:
    bob, text = made_key(tmp_path / "bob"), offered(TAKE).text
    (signed,) = SigningKey(str(maya)).sign([offered(TAKE)], tmp_path)
    assert signers(signed, [public(bob)]) == []
    assert signers(replace(signed, text=""), [public(maya)]) == []
    assert signers(replace(signed, signatures=()), [public(maya)]) == []
    for was, told in (("d" * 64, "e" * 64), (".mp4", ".exe"), ("clip", "still"), ("a park", "a bar"), ("0.4", "0.3")):
        assert was in text
        assert signers(replace(signed, text=text.replace(was, told)), [public(maya)]) == []
    theirs = replace(signed.signatures[0], key=public(bob))
    assert signers(replace(signed, signatures=(theirs,)), [public(bob), public(maya)]) == []
    for rubbish in ("", "AAAA", "?", "\ud800", signed.signatures[0].signature[:-4]):
        assert signers(replace(signed, signatures=(replace(theirs, signature=rubbish),)), [public(bob)]) == []
    (tmp_path / "text").write_text(text)  # as a commit or a file is signed
    ssh("-Y", "sign", "-q", "-n", "git", "-f", str(maya), str(tmp_path / "text"))
    other = base64.b64decode("".join((tmp_path / "text.sig").read_text().splitlines()[1:-1]))[-64:]
    swapped = replace(signed.signatures[0], signature=base64.b64encode(other).decode())
    assert signers(replace(signed, signatures=(swapped,)), [public(maya)]) == []
    assert signers(Offer(TAKE, "\ud800", signed.signatures), [public(maya)]) == []


def test_a_key_that_cannot_sign_is_told(tmp_path: Path, maya: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(said: str) -> str:
        with pytest.raises(LocalTool) as told:
            SigningKey(said).sign([offered(TAKE)], tmp_path)
        assert told.value.code == "RM977"
        assert VARIABLE in str(told.value)
        return str(told.value)

    assert "cannot be read" in refused(str(tmp_path / "nowhere"))
    secret = base64.b64encode(b"half of a private key").decode()
    for said in (f"-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----", secret, secret * 300):
        assert secret not in refused(said)  # it would be in the log of a CI
    assert "has none here" in refused("~nobody-of-this-name/key")
    assert "ssh-rsa" in refused(f"{made_key(tmp_path / 'old', sort='rsa')}.pub")
    assert "another type" in refused(str(made_key(tmp_path / "curve", sort="ecdsa")))
    locked = made_key(tmp_path / "locked", passphrase="a long one")
    assert "has a passphrase" in refused(locked.read_text())
    assert "private key" in refused(maya.read_text()[:200])
    monkeypatch.setenv("SSH_AUTH_SOCK", "")
    assert "No private key" in refused(f"{made_key(tmp_path / 'alone', alone=True)}.pub")
    monkeypatch.setenv("PATH", "")
    assert "ssh-keygen" in refused(str(locked))


@pytest.mark.parametrize(
    "said", ["", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-rsa AAAAB3NzaC1yc2E=", "ssh-ed25519 " + "A" * 68, "maya"]
)
def test_what_is_no_key(said: str) -> None:
    with pytest.raises(BadKey):
        public_key(said)


def test_a_key_is_written_in_one_way(maya: Path) -> None:
    text = maya.with_name("maya.pub").read_text()
    assert public_key(f"  {text} and more") == public_key(text) == " ".join(text.split()[:2])
