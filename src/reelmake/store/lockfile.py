"""reelmake.lock: which takes a shot has and which are picked, one line a shot, sorted, so that git can merge it.

    # reelmake.lock …
    park {"order":"1f…","picks":{"1f…":2},"provider":"studio wan-2.6","takes":{"1":["<key>","<digest>"]}}
    teaser.yaml:park@hd {…}    what a line is called says whose it is (prep/picks.py)

git joins the lines of both branches (`merge=union`, which `save` asks for in .gitattributes). A shot that both changed
then stands there twice, and is merged here, the same way in whatever order the lines came; if they picked two takes of
one order, none is picked until a person decides (`rivals`). Knows no storyboard.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from reelmake.diagnostics import Diagnostic, Source, Span
from reelmake.errors import Mistake
from reelmake.model.json_value import JsonObject, items, json_object, named, text, whole
from reelmake.model.take import Record
from reelmake.store.disk import explained, write_whole

HEADER = (
    "# Takes and picks of every shot, one line each. Written by reelmake; keep it in git, merge it by keeping both."
)
ATTRIBUTE = "reelmake.lock merge=union"
UNREADABLE, NEWER = "RM620", "RM987"
FORM = 1  # a later one begins with a line "# format: 2 (reelmake 0.9)", which every version since this one reads
MOST_TAKES = 10_000
LARGEST = 64_000_000  # bytes; a shot has some hundred

_CHOSEN = re.compile(r'"(?:picks|rivals)":\{[^}]*\}')
_FORM = re.compile(r"# format: (\d{1,9})(?: \(reelmake ([0-9.]+)\))?")
_MARKER = re.compile(r"(<{7}|\|{7}|={7}|>{7})( |$)")


def read(text: str, name: str = "reelmake.lock") -> tuple[dict[str, Record], list[Diagnostic]]:
    """Records by address, and a diagnostic for every line that is none. Never raises.

    The sides of a merge conflict that nobody resolved are read as both; what git shows of their common past is not.
    """
    source = Source(name, text)
    records: dict[str, Record] = {}
    problems: list[Diagnostic] = []
    past, offset = False, 0
    for line in text.split("\n"):
        start, offset = offset, offset + len(line) + 1
        line = line.strip()
        if marker := _MARKER.match(line):
            past = marker[1] == "|" * 7
            continue
        if not past and (newer := _newer(line)):
            span = Span(source, start, start + len(line))
            hint = f"{newer} reads it; nothing was written"
            problems.append(Diagnostic(NEWER, "this lock file was written by a newer reelmake", span, hint=hint))
        if past or not line or line.startswith("#"):
            continue
        try:
            record = parse(line)
        except (ValueError, TypeError, KeyError):
            span = Span(source, start, start + len(line))
            hint = "restore the line from git, or delete it: its shot is then planned as if it had no history"
            problems.append(Diagnostic(UNREADABLE, "this line of the lock file cannot be read", span, hint=hint))
            continue
        known = records.get(record.shot)
        records[record.shot] = merge(known, record) if known else record
    return records, problems


def _newer(line: str) -> str:
    """What reads a file that says so of its form; "" if we do. The form of today says nothing."""
    said = _FORM.fullmatch(line)
    return "" if said is None or int(said[1]) <= FORM else f"reelmake {said[2]}" if said[2] else "a newer version"


def places(source: Source, shot: str) -> list[Span]:
    """Where the lines of a shot say what is picked."""
    found, offset = [], 0
    for line in source.text.split("\n"):
        if line.startswith(f"{shot} ") and (picked := _CHOSEN.search(line)):
            found.append(Span(source, offset + picked.start(), offset + picked.end()))
        offset += len(line) + 1
    return found


def write(records: Mapping[str, Record]) -> str:
    """The whole file. What reads the same is written the same."""
    return "".join(f"{line}\n" for line in (HEADER, *(draw(records[shot]) for shot in sorted(records))))


def load(file: Path, name: str = "") -> dict[str, Record]:
    """Records by address; none if there is no file. Raises Mistake for lines that cannot be read."""
    with explained(f"read {file}"):
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            return {}
    records, problems = read(data.decode(errors="replace"), name or file.name)
    if problems:
        raise Mistake(problems)
    return records


def save(file: Path, records: Mapping[str, Record]) -> bool:
    """Writes the file, whole, if it would say something else than now; tells whether it did. Raises LocalTool."""
    text = write(records).encode()
    with explained(f"write {file}"):
        before = file.read_bytes() if file.exists() else None
        if text == before or (before is None and not records):
            return False
        if before is None:
            ask_for_union(file.parent)
        write_whole(file, text, durable=True)
    return True


def ask_for_union(folder: Path) -> None:
    """Inside a git work tree: adds our line to the .gitattributes there, unless something is said about us already."""
    if not any((parent / ".git").exists() for parent in (folder, *folder.resolve().parents)):
        return
    file = folder / ".gitattributes"
    if os.path.lexists(file) and not stat.S_ISREG(file.lstat().st_mode):
        return  # a link: what it leads to is not ours to write
    before = file.read_bytes() if file.exists() else b""
    if any(line.split()[:1] == [b"reelmake.lock"] for line in before.splitlines()):
        return
    gap = b"" if not before or before.endswith(b"\n") else b"\n"
    with file.open("ab") as out:
        out.write(gap + ATTRIBUTE.encode() + b"\n")


def merge(one: Record, other: Record) -> Record:
    """What two branches say of one shot, joined; the order of the two does not matter.

    Picks and wishes hold for their order, so both sides' stand. Of two picks for one order neither does: which line is
    the later one, they do not say. Takes of the same order stand side by side. Of two orders only the storyboard knows
    which is meant: of one the takes are numbered, and those of the other are pinned all the same.
    """
    if one == other:
        return one
    first, second = sorted((one, other), key=lambda r: (r.order, draw(r)), reverse=True)
    takes = dict(first.takes)
    if first.order == second.order:
        for number, take in second.takes.items():
            takes[number] = min(take, takes.get(number, take))
    known = {take for record in (one, other) for take in (*record.takes.values(), *record.others)}
    picked = {order: tuple(sorted(_picked(one, order) | _picked(other, order))) for order in _decided(one, other)}
    return replace(
        first,
        picks={order: take for order, (take, *more) in picked.items() if not more},
        rivals={order: takes for order, takes in picked.items() if len(takes) > 1},
        wishes=_larger(one.wishes, other.wishes),
        takes=dict(sorted(takes.items())),
        others=tuple(sorted(known - {*takes.values()})),
        provider=max(r.provider for r in (first, second) if r.order == first.order),
    )


def _decided(*records: Record) -> list[str]:
    return sorted({order for record in records for order in (*record.picks, *record.rivals)})


def _picked(record: Record, order: str) -> set[int]:
    return {*record.rivals.get(order, ()), *([record.picks[order]] if order in record.picks else ())}


def _larger(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {order: max(m[order] for m in (one, other) if order in m) for order in sorted({*one, *other})}


def draw(record: Record) -> str:
    """One line: the address and what is known, as JSON with sorted keys and without what is empty."""
    fields: JsonObject = {
        "order": record.order,
        "others": [list(take) for take in record.others],
        "picks": dict(record.picks),
        "provider": record.provider,
        "rivals": {order: list(takes) for order, takes in record.rivals.items()},
        "rung": record.rung if record.rung > 1 else 0,
        "takes": {f"{number}": list(take) for number, take in record.takes.items()},
        "wishes": dict(record.wishes),
    }
    told = {name: value for name, value in fields.items() if value}
    return f"{record.shot} {json.dumps(told, ensure_ascii=True, sort_keys=True, separators=(',', ':'))}"


def parse(line: str) -> Record:
    """Raises ValueError, TypeError or KeyError for what is not a record."""
    shot, _, body = line.partition(" ")
    told = json_object(body)
    takes = sorted((int(n), items(take)) for n, take in named(told.get("takes", {})).items())
    return Record(
        shot=shot,
        order=text(told.get("order", "")),
        picks=_counts(told.get("picks", {})),
        rivals={o: tuple(map(_take, items(takes))) for o, takes in sorted(named(told.get("rivals", {})).items())},
        wishes=_counts(told.get("wishes", {})),
        takes={n: (text(key), text(digest)) for n, (key, digest) in takes},
        others=tuple((text(key), text(digest)) for key, digest in map(items, items(told.get("others", ())))),
        provider=text(told.get("provider", "")),
        rung=_take(told.get("rung", 1)),
    )


def _counts(given: object) -> dict[str, int]:
    return {order: _take(number) for order, number in sorted(named(given).items())}


def _take(number: object) -> int:
    """The number of a take, from 1: more than a person ever asked for is damage, not a wish."""
    if not 1 <= whole(number) <= MOST_TAKES:
        raise ValueError("not the number of a take")
    return whole(number)
