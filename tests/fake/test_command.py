"""`reelmake serve-fake` as it is typed."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import yaml

from reelmake.app import main
from reelmake_fake.faults import STAGES, WORDS
from tests.support.folder import Folder

COMMAND = [sys.executable, "-m", "reelmake", "serve-fake"]


@contextmanager
def serving(*argv: str, **env: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, once it has said where it is, and that line."""
    process = subprocess.Popen(
        [*COMMAND, *argv], env={**os.environ, **env}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Status and stderr after a Ctrl-C."""
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    return process.returncode, stderr


@pytest.mark.slow
def test_it_says_where_it_is_what_to_paste_and_what_was_billed(project: Folder) -> None:
    with serving("--takes", "0", "--price", "0.25") as (process, base_url):
        key = {"authorization": "Bearer x"}
        made = httpx.post(f"{base_url}/videos", json={"prompt": "x", "size": "64x64"}, headers=key)
        assert made.json()["status"] == "completed"
        status, stderr = ended(process)

    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/v1", base_url)
    assert status == 0
    assert stderr.endswith("1 order billed, $1.00 of make-believe money\n")
    assert "Traceback" not in stderr
    snippet = stderr.partition("\n\n")[0]
    assert yaml.safe_load(snippet)["providers"]["fake"]["base_url"] == base_url
    project.storyboard(snippet + "\ndefaults: {tier: final}\nshots:\n  a: {prompt: A tram.}\n", head="reelmake: 1\n")
    project.run("check").expect(0)


@pytest.mark.slow
def test_programs_get_an_object() -> None:
    with serving("--json") as (process, first):
        assert process.stdout
        lines = [first]
        while lines[-1] != "}":
            lines.append(process.stdout.readline().rstrip())
        said = json.loads("\n".join(lines))
        seen = httpx.get(f"{said['fake']}/requests").json()
    assert said["base_url"].endswith("/v1")
    assert (seen["in_flight"], seen["violations"]) == (0, [])


@pytest.mark.slow
def test_options_reach_the_server(tmp_path: Path) -> None:
    options = [
        "--dialect",
        "azure",
        "--key-env",
        "THE_KEY",
        "--script",
        "500",
        "--fault",
        "poll:gone@1",
        "--takes",
        "0",
    ]
    options += ["--state", str(tmp_path / "state"), "--in-flight", "9", "--strict", "--expires", "5", "--deterministic"]
    with serving(*options, THE_KEY="sk-secret") as (process, base_url):
        body, key = {"prompt": "x"}, {"api-key": "sk-secret"}
        videos = f"{base_url}/videos"
        assert base_url.endswith("/openai/v1")
        assert httpx.post(videos, json=body).status_code == 401
        assert [httpx.post(videos, json=body, headers=key).status_code for _ in range(2)] == [500, 200]
        id = httpx.get(videos, headers=key).json()["data"][0]["id"]
        assert [httpx.get(f"{videos}/{id}", headers=key).status_code for _ in range(2)] == [404, 200]
        assert httpx.post(videos, json={**body, "size": "64x64"}, headers=key).status_code == 400
        _, stderr = ended(process)
    assert "sk-secret" not in stderr
    assert not [file for file in (tmp_path / "state").rglob("*") if file.is_file() and b"sk-" in file.read_bytes()]
    assert len((tmp_path / "state" / "bill.jsonl").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("argv", "status", "said"),
    [
        (["--script", "dorp"], 2, '"dorp" is no word of a script; known:'),
        (["--fault", "500@soon"], 2, "should be 3, 3-5"),
        (["--speed", "0"], 2, "--speed cannot be 0"),
        (["--price", "cheap"], 2, '"cheap" is not an amount in USD'),
        (["--key-env", "NO_SUCH_VARIABLE"], 2, "NO_SUCH_VARIABLE is not set"),
        (["--webhook", "ftp://x"], 2, "is no address to tell"),
        (["--dialect", "klingon"], 2, "invalid choice"),
    ],
)
def test_mistakes_are_said_before_anything_is_served(
    argv: list[str], status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        returned = main(["serve-fake", *argv])
    except SystemExit as ended:
        returned = int(ended.code or 0)

    out, err = capsys.readouterr()
    assert (returned, out) == (status, "")
    assert said in err


def test_a_taken_port_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve-fake", "--port", str(port)]) == 1
    assert f"127.0.0.1:{port} cannot be listened on" in capsys.readouterr().err


def test_the_words_are_listed(project: Folder) -> None:
    said = project.run("serve-fake", "--words").expect(0).stdout

    for stage in STAGES:
        for word, means in WORDS[stage].items():
            assert re.search(rf"^  {stage}:{word} +{re.escape(means)}$", said, re.MULTILINE)
