"""Secrets are read from the environment and from the user's keyring; what is missing is said with its remedy."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from reelmake.model.storyboard import ProviderSpec
from reelmake.world import secrets
from tests.support.folder import Folder

KEYS = Path(__file__).parent / "support" / "keys"


def spec(api_key: str = "", base_url: str = "http://localhost/v1") -> ProviderSpec:
    return ProviderSpec("studio", "openai-videos", base_url, api_key)


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A keyring of its own with one entry."""
    ring = pytest.importorskip("keyring")
    monkeypatch.syspath_prepend(str(KEYS))
    from filed_keys import FiledKeys  # type: ignore[import-not-found]

    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"reelmake": {"studio": "kr-123\n"}, "other": {"mine": "kr-456"}}))
    monkeypatch.setenv("KEYS", str(file))
    before = ring.get_keyring()
    ring.set_keyring(FiledKeys())
    yield file
    ring.set_keyring(before)


def test_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_KEY", " sk-1 2\n")

    assert secrets.read("STUDIO_KEY") == "sk-1 2"
    assert secrets.lacks(spec("STUDIO_KEY")) == ()


@pytest.mark.parametrize(("value", "said"), [(None, "is not set"), ("", "is empty"), (" \n", "is empty")])
def test_an_empty_variable_is_a_missing_one(value: str | None, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STUDIO_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("STUDIO_KEY", value)

    (lack,) = secrets.lacks(spec("STUDIO_KEY"))

    assert secrets.read("STUDIO_KEY") == ""
    assert lack.what == f"the environment variable STUDIO_KEY, which {said}"
    assert lack.remedy == "export STUDIO_KEY=…"


@pytest.mark.parametrize("value", ["sk-1\nX-Evil: 1", "sk-ä", "sk\x00", "sk  two"])
def test_what_cannot_be_sent_is_said_but_not_shown(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.environ", {"STUDIO_KEY": value})

    (lack,) = secrets.lacks(spec("STUDIO_KEY"))

    assert "characters that no key has" in lack.what
    assert "sk" not in lack.what


def test_no_key_is_asked_for_where_none_is_named() -> None:
    assert secrets.lacks(spec()) == ()
    assert secrets.read("") == ""


@pytest.mark.parametrize("address", ["file:///etc/passwd", "studio.example/v1", "http://", "http://host:port"])
def test_what_is_no_address(address: str) -> None:
    (lack,) = secrets.lacks(spec(base_url=address))

    assert "base_url" in lack.what


def test_the_keyring(keyring: Path) -> None:
    assert secrets.read("keyring:studio") == "kr-123"
    assert secrets.lacks(spec("keyring:studio")) == ()


def test_an_entry_that_is_not_there_or_not_ours(keyring: Path) -> None:
    (lack,) = secrets.lacks(spec("keyring:mine"))

    assert lack.what == "the entry mine in the keyring, which is missing"
    assert lack.remedy == "keyring set reelmake mine"


def test_a_keyring_that_does_not_open(keyring: Path) -> None:
    keyring.unlink()

    (lack,) = secrets.lacks(spec("keyring:studio"))

    assert "cannot be opened (locked)" in lack.what
    assert secrets.read("keyring:studio") == ""


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)

    (lack,) = secrets.lacks(spec("keyring:studio"))

    assert "not installed" in lack.what
    assert lack.remedy == "pip install 'reelmake[keyring]'"


STORYBOARD = """\
reelmake: 1
providers:
  studio: {kind: openai-videos, base_url: "http://127.0.0.1:9/v1", api_key: "${keyring:studio}"}
tiers: {final: {provider: studio, model: m1, price: 0.5}}
defaults: {tier: final}
shots:
  a: {prompt: A kite.}
"""


@pytest.mark.slow
def test_the_command_reads_the_keyring(project: Folder, tmp_path: Path) -> None:
    pytest.importorskip("keyring")
    file = tmp_path / "keys.json"
    file.write_text("{}")
    project.env |= {"PYTHONPATH": str(KEYS), "PYTHON_KEYRING_BACKEND": "filed_keys.FiledKeys", "KEYS": str(file)}
    project.storyboard(STORYBOARD, head="")

    refused = project.run("build", "--yes").expect(3, stderr="RM804")
    assert "keyring set reelmake studio" in refused.stderr
    assert "✗ provider studio" in project.run("doctor").stdout

    file.write_text(json.dumps({"reelmake": {"studio": "kr-secret-123"}}))
    seen = project.run("doctor")
    assert "✓ provider studio" in seen.stdout
    assert "kr-secret" not in seen.stdout + seen.stderr
