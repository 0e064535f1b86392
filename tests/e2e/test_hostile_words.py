"""Words from a stranger's storyboard, and from what a stranger's server answers, through every command: what is printed
drives no terminal, hides nothing, turns nothing around, and is no command of a CI.

In this process: app.main and what it writes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from reelmake import app

BAD = "\x1b]0;x\x07\x1b[2J\x9b31m\x7f\u202etxt\u2066\u2028\u200e\r\n::add-mask::x\n##[group]y"
BAD += " <b>@all</b> | `x` http://e.vil %%{init}%%"
SAFE = re.compile(r"[\n\t\x20-\x7e\xa0-\u061b\u061d-\u200d\u2010-\u2027\u202f-\u2065\u206a-\U0010ffff]*")


class Vendor(BaseHTTPRequestHandler):
    """Takes every order, and all that it says is hostile."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", "0")))
        self._say({"id": f"job{BAD}", "status": "queued", "model": BAD})

    def do_GET(self) -> None:
        error = {"code": BAD, "message": BAD, "type": BAD}
        job = {"id": f"job{BAD}", "status": "failed", "error": error, "model": BAD, "prompt": BAD}
        self._say(job if "job" in self.path else {"data": [job], "object": "list"})

    def _say(self, value: object) -> None:
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def vendor() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Vendor)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


@pytest.fixture
def film(tmp_path: Path, vendor: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Hostile in every place that takes any text."""
    tiers = {"t": {"provider": "p", "model": BAD, "price": 0.1}, "u": {"provider": "p", "model": "m", "price": 0}}
    board = {
        "reelmake": 1,
        "title": BAD,
        "style": BAD,
        "vars": {"v": BAD},
        "providers": {"p": {"kind": "openai-videos", "base_url": vendor}},
        "tiers": tiers,
        "defaults": {"size": "128x72", "seconds": 1},
        "shots": {
            "a": {"prompt": BAD, "tier": "t", "caption": BAD, "tags": ["x"], "extras": {BAD: BAD}},
            "b": {"prompt": f"${{v}} {BAD}", "tier": "u"},
        },
        "cut": [{"shot": "a", "title": BAD}, "b"],
        "outputs": {"<b>@all `x` %%{init}%%.mp4": {}, "c.srt": {}},
    }
    (tmp_path / "storyboard.yaml").write_text(json.dumps(board))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


def harmless(text: str) -> None:
    assert SAFE.fullmatch(text), sorted(set(SAFE.sub("", text)))
    assert not re.search(r"^\s*::|##\[", text, re.MULTILINE)


COMMANDS = """
build --yes
build --json
plan
plan --json
plan --format markdown
check
status
status --json
takes
takes --json
explain a
explain a --json
log
log --json
log last
log last --json
diff last --set shots.a.prompt=x
diff last --json
jobs ls
jobs ls --json
jobs ls p
jobs ls --remote --json
jobs adopt nothing --shot a
graph
graph --format dot
graph --format json
graph --format svg
providers
providers --json
doctor
cache ls
pick a 7
retake a --yes
plan nothing
report
report --json
report --markdown r.md --html r.html --strips strips --draft
build --no-such-option
"""


@pytest.mark.slow
@pytest.mark.parametrize("colour", [False, True])
def test_no_command_prints_a_strangers_controls(film: Path, capsys: pytest.CaptureFixture[str], colour: bool) -> None:
    said = ""
    for line in COMMANDS.strip().splitlines():
        words = line.split() + (["--color", "always"] if colour and "option" not in line else [])
        try:
            app.main(words)
        except SystemExit:
            assert "option" in line
        out, err = capsys.readouterr()
        assert "Traceback" not in err, err
        if "json" in line:
            json.loads(out)
        for text in (out, err):
            harmless(re.sub(r"\x1b\[[0-9;]*m", "", text) if colour else text)
        said += out + err
    assert "\\x1b]0;x\\x07" in said  # it was there to be shown
    assert "\\u202etxt" in said


@pytest.mark.slow
def test_nor_do_files_of_events_and_graphs_hold_them(film: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app.main(["build", "--yes", "--events", "events.jsonl"])
    events = (film / "events.jsonl").read_text()
    harmless(events)
    assert BAD in str([json.loads(line).get("message") for line in events.splitlines()]) or "add-mask" in events
    for record in (film / "build").glob("*.lineage.json"):
        harmless(record.read_text())
    for form in ("mermaid", "dot", "svg", "json"):
        app.main(["graph", "--format", form, "-o", form])
        harmless((film / form).read_text())
    capsys.readouterr()


@pytest.mark.slow
def test_markdown_says_names_and_does_nothing(film: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app.main(["plan", "--format", "markdown"])
    out = capsys.readouterr().out
    bare = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", out)
    for word in ("<b>", "@all", "http", "add-mask"):
        assert word in out
        assert word not in bare
    heading, *rows = [line.replace("\\|", "").count("|") for line in out.splitlines() if line.startswith("| ")]
    assert len(rows) >= 2
    assert set(rows) == {heading}


def test_a_colour_is_ours_or_is_text() -> None:
    """A storyboard that knows how we paint still paints nothing."""
    from reelmake.report.console import Console

    console = Console(colour="always")
    text = console.paint("\x1b[32mgreen\x0e0123456789abcdef:31m", "bold")
    assert console.written(f"{text} \x1b[8m") == "\x1b[1m\\x1b[32mgreen\\x0e0123456789abcdef:31m\x1b[0m \\x1b[8m"


def test_progress_on_a_terminal_has_only_its_own_controls() -> None:
    import io

    from reelmake.model import events
    from reelmake.report.live import LiveReport
    from reelmake.report.screen import Screen

    paper = io.StringIO()
    report = LiveReport(Screen(file=paper, width=200))
    for event in (
        events.StepStarted(0.0, f"shot:{BAD}", "shot", BAD, BAD),
        events.Warned(1.0, f"shot:{BAD}", BAD, BAD),
        events.StepFailed(1.0, f"shot:{BAD}", "shot", BAD, "RM920", BAD, (BAD,)),
    ):
        report.handle(event)
        report.screen.print(report)
    harmless(paper.getvalue())
    assert "\\u202e" in paper.getvalue()
