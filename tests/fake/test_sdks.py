"""The official SDKs as clients, an old generation and the newest: they were not written for this server."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from reelmake.media.probe import probe
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support import peers

KEY = "fake-key-of-the-sdk-test"


def asked(package: str, script: str, *words: str) -> dict[str, Any]:
    """What a client's script says, run with this package in an environment of its own."""
    command = [str(peers.python(package)), str(Path(__file__).with_name(script)), *words]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    said: dict[str, Any] = json.loads(ended.stdout)
    return said


@pytest.mark.slow
@pytest.mark.parametrize("version", ["2.30.0", "3.57.0"])
def test_stills_and_speech_by_the_official_sdk(version: str, tmp_path: Path) -> None:
    Image.new("RGB", (320, 180), "teal").save(tmp_path / "kite.png")
    with FakeServer(ServerOptions(key=KEY)) as server:
        said = asked(f"openai=={version}", "sdk_pieces.py", server.base_url, KEY, str(tmp_path / "kite.png"))
        bill, requests = server.bill, server.requests
    assert said["sizes"] == {"made": [64, 48], "edited": [320, 180]}
    assert said["speech"] == {"wav": "52494646", "mp3": said["speech"]["mp3"], "flac": "664c6143"}
    assert said["speech"]["mp3"].startswith(("494433", "fff"))
    assert said["errors"] == {
        "key": ["AuthenticationError", "invalid_api_key", 401],
        "size": ["BadRequestError", "invalid_value", 400],
        "moderation": ["BadRequestError", "moderation_blocked", 400],
        "lost": ["APIConnectionError", None, None],
    }
    billed = [(line["operation"], line["prompt"], line["usd"]) for line in bill]
    assert billed == [
        ("image", "A kite.", 0.04),
        ("image-edit", "Both at dusk.", 0.04),
        *[("speech", "A kite climbs.", 0.00021)] * 3,
        ("image", "drop", 0.04),
    ]
    assert not [line for line in requests if "bug" in line]


@pytest.mark.slow
def test_speech_music_and_sounds_by_the_official_sdk() -> None:
    with FakeServer(ServerOptions(key=KEY)) as server:
        said = asked("elevenlabs==2.78.0", "elevenlabs_client.py", server.address, KEY)
        bill, requests = server.bill, server.requests
    assert "".join(said["characters"]) == "A kite climbs."
    assert said["ends"][-1] == 14 / 16
    assert said["begin"] == {"told": "52494646", "plain": said["begin"]["plain"], "music": said["begin"]["music"]}
    assert said["key"] == 401
    assert [(line["operation"], line["seconds"]) for line in bill] == [
        ("speech", "0"),
        ("speech", "0"),
        ("music", "3"),
        ("sound", "0.5"),
    ]
    assert not [line for line in requests if "bug" in line]


@pytest.mark.slow
@pytest.mark.parametrize("version", ["2.30.0", "3.52.0"])
def test_every_call_of_the_official_sdk(version: str, tmp_path: Path) -> None:
    Image.new("RGB", (320, 180), "teal").save(tmp_path / "kite.png")
    with FakeServer(ServerOptions(key=KEY, takes=0.2)) as server:
        said = asked(f"openai=={version}", "sdk_client.py", server.base_url, KEY, str(tmp_path / "kite.png"))
        bill, requests = server.bill, server.requests

    assert said["version"] == version
    assert (said["created"]["status"], said["done"]["status"]) == ("queued", "completed")
    assert (said["done"]["size"], said["done"]["seconds"], said["done"]["progress"]) == ("320x180", "2", 100)
    (tmp_path / "clip.mp4").write_bytes(bytes.fromhex(said["clip"]))
    facts = probe(tmp_path / "clip.mp4")
    assert (facts.width, facts.height, facts.frames, facts.fps, facts.audio) == (320, 180, 48, 24, True)
    assert said["stills"]["thumbnail"].startswith(b"RIFF".hex())
    assert said["stills"]["spritesheet"].startswith("ffd8ff")
    assert said["remix"]["remixed_from_video_id"] == said["done"]["id"]
    assert (said["edited"]["status"], said["edited"]["seconds"]) == ("completed", "2")
    assert said["longer"]["seconds"] == "3"
    assert said["streamed"] > 0
    assert (said["character"]["id"], said["character"]["name"]) == (said["character_id"], "Maya")
    assert said["oldest"] == [line["id"] for line in bill[:6]]
    assert [len(page) for page in said["pages"]] == [2, 2, 2]
    assert [id for page in said["pages"] for id in page] == said["oldest"][::-1]
    assert said["deleted"] == {"id": said["both"], "object": "video.deleted", "deleted": True}
    assert said["errors"] == {
        "gone": ["NotFoundError", "video_not_found", "video_id", 404],
        "key": ["AuthenticationError", "invalid_api_key", None, 401],
        "size": ["BadRequestError", "invalid_value", "size", 400],
        "moderation": ["BadRequestError", "moderation_blocked", None, 400],
        "limit": ["RateLimitError", "rate_limit_exceeded", None, 429],
        "server": ["InternalServerError", "server_error", None, 500],
        "lost": ["APIConnectionError", None, None, None],
        "garbled": ["APIConnectionError", None, None, None],
    }
    billed = [(line["operation"], line["prompt"], line["usd"]) for line in bill]
    assert billed == [
        ("create", "A tram.", 0.2),
        ("create", "A kite.", 0.2),
        ("create", "Rain.", 0.2),
        ("remix", "At dusk.", 0.2),
        ("edit", "In red.", 0.2),
        ("extend", "The tram leaves.", 0.1),
        ("create", "drop", 0.4),
        ("create", "half", 0.4),
    ]
    assert not [line for line in requests if "bug" in line]
