"""Does the fake keep the contract? Asked by schemathesis, which knows the contract and nothing of the fake."""

from __future__ import annotations

import json
import os
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import pytest

from reelmake_fake.clip import render
from reelmake_fake.recipe import Recipe
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support import peers

CONTRACT = Path(__file__).resolve().parents[1] / "contract" / "openai-videos-spec.json"
KEY = "fake-key-of-the-contract-test"


def amended() -> dict[str, Any]:
    """The contract with what it leaves unsaid: errors, that bodies are needed, how a picture is named, JPEG sheets."""
    contract: dict[str, Any] = json.loads(CONTRACT.read_text())
    refusal = {
        "description": "refused",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}},
    }
    for path in contract["paths"].values():
        for operation in path.values():
            operation["responses"]["4XX"] = refusal
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
    content = contract["paths"]["/videos/{video_id}/content"]["get"]["responses"]["200"]["content"]
    content["image/jpeg"] = content["image/webp"]
    reference = contract["components"]["schemas"]["ImageRefParam-2"]
    reference["oneOf"] = [{"required": ["image_url"]}, {"required": ["file_id"]}]  # as its description has it
    reference["properties"]["image_url"] |= {"pattern": "^https?://[a-z]+[.][a-z]+/$", "maxLength": 200}
    return contract


@pytest.mark.slow
def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    python = peers.python("schemathesis==4.32.5")
    (tmp_path / "contract.json").write_text(json.dumps(amended()))
    clip = tmp_path / "clip.mp4"
    render(Recipe("create", "m", "p", 720, 1280, Fraction(1)), clip, image=None, source=None)
    with FakeServer(ServerOptions(strict=True, key=KEY, takes=0)) as server:
        made = httpx.post(
            f"{server.base_url}/videos/characters",
            headers={"authorization": f"Bearer {KEY}"},
            data={"name": "Maya"},
            files={"video": clip.read_bytes()},
        )
        env = {
            **os.environ,
            "SCHEMATHESIS_HOOKS": "tests.fake.schemathesis_hooks",
            "PYTHONPATH": str(CONTRACT.parents[2]),
            "FAKE_URL": server.base_url,
            "FAKE_KEY": KEY,
            "FAKE_CLIP": str(clip),
            "FAKE_CHARACTER": made.json()["id"],
        }
        command = [str(python.with_name("schemathesis")), "run", "contract.json", "--url", server.base_url]
        command += ["-H", f"Authorization: Bearer {KEY}", "--max-examples", "12", "--seed", "7", "--no-color"]
        command += ["--phases", "examples,coverage,fuzzing,stateful"]
        ended = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=240)
        requests = server.requests

    assert ended.returncode == 0, ended.stdout[-8000:] + ended.stderr[-2000:]
    assert not [line for line in requests if "bug" in line or (line["status"] or 0) >= 500]
    served = {(line["method"], *operation(line["path"])) for line in requests if line["status"] == 200}
    assert served == {
        ("POST",),
        ("GET",),
        ("POST", "edits"),
        ("POST", "extensions"),
        ("POST", "characters"),
        ("GET", "characters", "ID"),
        ("GET", "ID"),
        ("DELETE", "ID"),
        ("GET", "ID", "content"),
        ("POST", "ID", "remix"),
    }


def operation(path: str) -> tuple[str, ...]:
    """What stands behind /videos, ids made equal."""
    words = ("edits", "extensions", "characters", "content", "remix")
    return tuple(part if part in words else "ID" for part in path.split("/")[3:])
