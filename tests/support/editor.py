"""An editor as a test sees it: the real yaml-language-server, asked over the Language Server Protocol.

    with editor(schema) as ask:
        ask.complaints(text)            what it underlines
        ask.offers(text)                what it offers at the | in the text
        ask.tells(text)                 what it says of the word at the |

Knows nothing of storyboards.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from tests.support.peers import node, npm

SERVER = "yaml-language-server@2.0.0"
PATIENCE = 30.0  # seconds in which an answer comes
QUIET = 0.4  # seconds after which no further complaints come


@dataclass
class Editor:
    """`settings`: what the server asks for of its `yaml` section."""

    process: subprocess.Popen[bytes]
    settings: dict[str, Any]
    folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _answers: dict[int, Queue[Any]] = field(default_factory=dict)
    _complaints: Queue[tuple[str, list[Any]]] = field(default_factory=Queue)

    def complaints(self, text: str) -> list[tuple[int, str]]:
        """(line from 1, message) of everything that it underlines."""
        address = self._open(text)
        found: list[Any] = []
        wait = PATIENCE
        while True:
            try:
                where, diagnostics = self._complaints.get(timeout=wait)
            except Empty:
                return [(d["range"]["start"]["line"] + 1, d["message"]) for d in found]
            if where == address:
                found, wait = diagnostics, QUIET

    def offers(self, text: str) -> list[dict[str, Any]]:
        """The completions at the first | of the text."""
        answer = self._at(text, "textDocument/completion")
        items: list[dict[str, Any]] = answer["items"] if isinstance(answer, dict) else answer or []
        return items

    def tells(self, text: str) -> str:
        """What is shown of the word at the first | of the text."""
        answer = self._at(text, "textDocument/hover")
        return str(answer["contents"]["value"]) if answer else ""

    def _at(self, text: str, method: str) -> Any:
        before, _, after = text.partition("|")
        position = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
        address = self._open(before + after)
        return self.ask(method, {"textDocument": {"uri": address}, "position": position})

    def _open(self, text: str) -> str:
        file = self.folder / f"board-{next(self._numbers)}.yaml"
        document = {"uri": file.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self.send("textDocument/didOpen", {"textDocument": document})
        return file.as_uri()

    def ask(self, method: str, params: Any) -> Any:
        number = next(self._numbers)
        self._answers[number] = Queue()
        self._write({"id": number, "method": method, "params": params})
        return self._answers[number].get(timeout=PATIENCE)

    def send(self, method: str, params: Any) -> None:
        self._write({"method": method, "params": params})

    def _write(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def listen(self) -> None:
        """Until the server ends."""
        pipe = self.process.stdout
        assert pipe
        while head := pipe.readline():
            length = 0
            while head.strip():
                name, _, value = head.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
                head = pipe.readline()
            self._hear(json.loads(pipe.read(length)))

    def _hear(self, message: dict[str, Any]) -> None:
        match message:
            case {"id": number, "method": "workspace/configuration", "params": {"items": items}}:
                asked = [self.settings if item["section"] == "yaml" else None for item in items]
                self._write({"id": number, "result": asked})
            case {"id": number, "method": _}:
                self._write({"id": number, "result": None})
            case {"method": "textDocument/publishDiagnostics", "params": params}:
                self._complaints.put((params["uri"], params["diagnostics"]))
            case {"id": number}:
                self._answers[number].put(message.get("result"))


@contextmanager
def editor(folder: Path, schema: Path | None) -> Iterator[Editor]:
    """An editor for files in `folder`; `schema` None = only a line in the file says which one holds."""
    program = npm(SERVER) / "yaml-language-server" / "bin" / "yaml-language-server"
    settings: dict[str, Any] = {"validate": True, "completion": True, "hover": True, "schemaStore": {"enable": False}}
    if schema:
        settings["schemas"] = {schema.as_uri(): "*.yaml"}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([node(), str(program), "--stdio"], **pipes) as process:
        asked = Editor(process, settings, folder)
        threading.Thread(target=asked.listen, daemon=True).start()
        completion = {"completionItem": {"snippetSupport": True}}
        able = {"textDocument": {"completion": completion}, "workspace": {"configuration": True}}
        asked.ask("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": able})
        asked.send("initialized", {})
        asked.send("workspace/didChangeConfiguration", {"settings": {"yaml": settings}})
        try:
            yield asked
        finally:
            process.kill()
