"""aimock 1.43.0 (npm) as the far side of stills, edits, speech, music and sounds, calm and with its chaos.

It has ElevenLabs' speech only without the times of words, which our vendor's file does not ask for.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reelmake.model.step import Input
from reelmake.plan import provider_queue
from reelmake.store.journal import LocalJournal
from reelmake.store.local import LocalStore
from tests.support import peers
from tests.support.answers import picture, tone
from tests.support.counter_run import order, step
from tests.support.world import steps

pytestmark = pytest.mark.slow

CHAOS = ("--chaos-drop=0.2", "--chaos-ratelimit=0.2", "--chaos-malformed=0.2", "--chaos-disconnect=0.2")
BOARD = steps(
    SHEET := step("openai-images", "still", "a sheet of Maya"),
    step("openai-images", "still", "a kite at dawn"),
    step("openai-speech", "speech", "we planted a roof."),
    step("elevenlabs", "music", "strings, hopeful", model="music_v1"),
    step("elevenlabs", "music", "wind in the trees", model="eleven_text_to_sound_v2"),
)
MANY = steps(*(step("openai-images", "still", f"a plate {n}") for n in range(12)),
             *(step("openai-speech", "speech", f"a line {n} is said.") for n in range(12)))  # fmt: skip


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_queue, "ARRIVED", 0.05)
    monkeypatch.setattr(provider_queue, "LATE", 0.1)


@contextmanager
def aimock(tmp_path: Path, *chaos: str) -> Iterator[str]:
    """Its address."""
    module = peers.npm("@copilotkit/aimock@1.43.0") / "@copilotkit" / "aimock" / "dist" / "cli.js"
    sound = {"audio": base64.b64encode(tone(1.0)).decode(), "format": "wav"}
    made = {"image": {"image": {"b64Json": base64.b64encode(picture()).decode()}}, "speech": sound, "audio-gen": sound}
    fixtures: list[dict[str, Any]] = [
        {"match": {"userMessage": word, "endpoint": endpoint}, "response": response}
        for endpoint, response in made.items()
        for word in ("a ", "we ", "strings", "wind")
    ]
    refused = {"error": {"message": "Your request was rejected by the safety system.", "code": "moderation_blocked"}}
    samples = {"audio": {"b64Json": base64.b64encode(tone(1.0, 24_000)[44:]).decode(), "contentType": "audio/L16"}}
    fixtures.append({"match": {"userMessage": "said by"}, "response": samples})
    fixtures.insert(
        0, {"match": {"userMessage": "rejected", "endpoint": "image"}, "response": {**refused, "status": 400}}
    )
    (tmp_path / "fixtures").mkdir()
    (tmp_path / "fixtures" / "all.json").write_text(json.dumps({"fixtures": fixtures}))
    port = peers.free_port()
    command = [peers.node(), str(module), "-p", str(port), "-f", str(tmp_path / "fixtures"), "--log-level", "warn"]
    with peers.serving([*command, *chaos], url=f"http://127.0.0.1:{port}/__aimock/journal", cwd=tmp_path):
        yield f"http://127.0.0.1:{port}"


def orders(address: str) -> list[dict[str, Any]]:
    journal: Any = peers.read(f"{address}/__aimock/journal")
    return [entry for entry in journal if entry["method"] == "POST"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def test_each_is_ordered_once_and_kept(project: Path, tmp_path: Path) -> None:
    with aimock(tmp_path) as address:
        outcome = order(project, address, BOARD)
        assert (len(outcome.made), [str(failed.error) for failed in outcome.failed]) == (len(BOARD), [])
        paths = Counter(entry["path"].partition("?")[0] for entry in orders(address))
        assert paths == {
            "/v1/images/generations": 2, "/v1/audio/speech": 1, "/v1/music": 1, "/v1/sound-generation": 1
        }  # fmt: skip
        kinds = Counter(take.kind for take in LocalStore(project).takes())
        assert kinds == {"still": 2, "speech": 1, "music": 2}
        assert len(order(project, address, BOARD).reused) == len(BOARD)
        assert len(orders(address)) == len(BOARD)


def test_an_edit_is_a_form_that_it_reads(project: Path, tmp_path: Path) -> None:
    edit = step("openai-images", "still", "a kite at dusk", Input("source", step=SHEET.id), operation="edit")
    with aimock(tmp_path) as address:
        assert not order(project, address, steps(SHEET, edit)).failed
        assert [entry["path"] for entry in orders(address)] == ["/v1/images/generations", "/v1/images/edits"]


def test_speech_of_gemini_becomes_a_wave_file(project: Path, tmp_path: Path) -> None:
    with aimock(tmp_path) as address:
        assert not order(project, address, steps(step("gemini", "speech", "said by Puck."))).failed
        (asked,) = orders(address)
        assert asked["path"].endswith("/models/gemini-3.8-flash-tts:generateContent")
        (take,) = LocalStore(project).takes()
        assert (take.suffix, take.facts.seconds) == (".wav", 1)


def test_a_rejected_prompt_is_told_and_free(project: Path, tmp_path: Path) -> None:
    with aimock(tmp_path) as address:
        (failed,) = order(project, address, steps(step("openai-images", "still", "rejected kite"))).failed
        assert failed.error is not None
        assert failed.error.code == "RM921"
        assert LocalJournal(project / "journal").ledger().maybe == 0


def test_in_chaos_nothing_is_ordered_twice(project: Path, tmp_path: Path) -> None:
    """An order that met a broken connection or garbage may have been paid: it is never sent again. One that met a 429
    is."""
    with aimock(tmp_path, *CHAOS) as address:
        for _ in range(2):
            order(project, address, MANY)
        sent: Counter[str] = Counter()
        for entry in orders(address):
            sent[entry["body"]["messages"][0]["content"]] += entry["response"]["status"] != 429
        assert sent
        assert max(sent.values()) == 1, sent
        kept = {dict(take.manifest)["prompt"] for take in LocalStore(project).takes()}
        lost = {dict(attempt.manifest)["prompt"] for attempt in LocalJournal(project / "journal").open()}
        assert kept
        assert lost
        assert not kept & lost
