"""How an execution stands, by ComfyUI's queue and its history. Pure reading; knows nothing of requests.

Both are memories of the running server and nothing else: a restart forgets them. The forms are those of ComfyUI's
server.py and execution.py, from memory, 2026-11-30: an entry is [number, prompt_id, nodes, extra_data, outputs …].
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reelmake.model.http import Response
from reelmake.model.json_value import JsonObject
from reelmake.model.remote import Dead, Pending, Ready, Status
from reelmake.providers._answers import dead, tidy
from reelmake.records import dataclass

OURS = "reelmake"
"""Below it, extra_data of an order has our token, the node of its result, and what nodes are called."""
_LATEST = 1e14  # milliseconds
_ENDED = ("execution_error", "execution_interrupted")


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution. `created`: unix seconds by the server's clock, None = it does not say. `told`: what we gave it."""

    id: str
    status: str
    told: JsonObject
    created: float | None

    @property
    def token(self) -> str:
        return str(self.told.get("token") or "")


def queue(reply: Response) -> tuple[list[Execution], list[Execution]] | None:
    """What is running, and what waits, the next one first; None if the answer does not say."""
    data = reply.data
    running, waiting = (
        (data.get("queue_running"), data.get("queue_pending")) if isinstance(data, dict) else (None, None)
    )
    if not isinstance(running, list) or not isinstance(waiting, list):
        return None
    waiting = sorted(waiting, key=_number)
    return [entry(item, {}, "running") for item in running], [entry(item, {}, "queued") for item in waiting]


def _number(item: object) -> float:
    first = item[0] if isinstance(item, list) and item else None
    return first if isinstance(first, int | float) else 0


def entry(prompt: object, record: JsonObject, status: str = "") -> Execution:
    """`record`: the whole entry of the history, of one that is in it."""
    parts = prompt if isinstance(prompt, list) else []
    extra = parts[3] if len(parts) > 3 and isinstance(parts[3], dict) else {}
    told = extra.get(OURS)
    times = [extra.get("create_time"), *(said.get("timestamp") for _, said in _messages(record))]
    first = min((at / 1000 for at in times if isinstance(at, int | float) and 0 < at < _LATEST), default=None)
    ended = record.get("status")
    word = str(ended.get("status_str") or "") if isinstance(ended, dict) else status
    return Execution(str(parts[1]) if len(parts) > 1 else "", word, told if isinstance(told, dict) else {}, first)


def history(reply: Response) -> Mapping[str, JsonObject] | None:
    """Entries by id; None if the answer is no history."""
    data = reply.data
    if not isinstance(data, dict) or not all(isinstance(record, dict) for record in data.values()):
        return None
    return {id: record for id, record in data.items() if isinstance(record, dict)}


def waits(id: str, running: list[Execution], waiting: list[Execution]) -> Pending | None:
    """None if it is not in the queue."""
    if any(one.id == id for one in running):
        return Pending(note="running")
    before = next((n for n, one in enumerate(waiting) if one.id == id), None)
    return None if before is None else Pending(note=f"queued, {before + len(running)} before it")


def ended(record: JsonObject) -> Status:
    """What an entry of the history comes to."""
    for kind, said in _messages(record):
        if kind in _ENDED:
            where = _called(record, said)
            if kind == "execution_interrupted":
                return Dead("RM900", tidy(f"it was interrupted there, at node {where}"))
            message = f"{said.get('exception_type') or 'error'}: {str(said.get('exception_message') or '').strip()}"
            end = dead("", message)
            return Dead(end.code, tidy(f"node {where} failed: {message}"))
    status = record.get("status")
    if isinstance(status, dict) and status.get("status_str") == "error":
        return Dead("RM900", "it failed there without a reason")
    if file(record) is None:
        return Dead("RM900", f"it ended there without a file from node {_result(record) or 'that saves one'}")
    return Ready()


def file(record: JsonObject) -> Mapping[str, str] | None:
    """Where the result is, as /view is asked for it; None if there is none."""
    outputs, result = record.get("outputs"), _result(record)
    nodes = outputs if isinstance(outputs, dict) else {}
    saved = [nodes[result]] if result in nodes else [] if result else list(nodes.values())
    found = [item for node in saved for item in _files(node)]
    kept = next((item for item in found if item.get("type") == "output"), found[0] if found else None)
    if kept is None:
        return None
    return {name: value for name in ("filename", "subfolder", "type") if isinstance(value := kept.get(name), str)}


def _files(node: object) -> Iterator[JsonObject]:
    for listed in node.values() if isinstance(node, dict) else ():
        for item in listed if isinstance(listed, list) else ():
            if isinstance(item, dict) and isinstance(item.get("filename"), str) and item["filename"]:
                yield item


def _told(record: JsonObject) -> JsonObject:
    return entry(record.get("prompt"), record).told


def _result(record: JsonObject) -> str:
    return str(_told(record).get("result") or "")


def _called(record: JsonObject, said: JsonObject) -> str:
    """A node as people know it."""
    id, titles = str(said.get("node_id") or "?"), _told(record).get("titles")
    title = titles.get(id) if isinstance(titles, dict) else None
    return f'{id} "{title or said.get("node_type") or ""}"'


def _messages(record: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    status = record.get("status")
    listed = status.get("messages") if isinstance(status, dict) else None
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, list) and len(item) == 2 and isinstance(item[0], str) and isinstance(item[1], dict):
            yield item[0], item[1]
