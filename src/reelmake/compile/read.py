"""YAML text to Nodes with places, by our own scalar rules. Knows nothing of storyboards.

Reads the parser's events rather than composing its nodes: that is several times faster, keeps every key (a repeated one
is an error here, not a silent loss) and lets the size of expanded aliases be limited while reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Protocol, cast

import yaml

from reelmake.compile.node import Node
from reelmake.compile.scalars import Trap, resolve
from reelmake.compile.syntax import DEEPEST, TOO_DEEP, explain, indented_oddly, odd_blank
from reelmake.diagnostics import Note, Report, Source, Span

LARGEST = 10_000_000  # bytes of a text
MOST = 1_000_000  # nodes after aliases are expanded

_DOCUMENT: type[object] = yaml.DocumentStartEvent
_ALIAS: type[object] = yaml.AliasEvent
_SCALAR: type[object] = yaml.ScalarEvent
_MAP: type[object] = yaml.MappingStartEvent
_MAP_ENDS: type[object] = yaml.MappingEndEvent
_LIST_ENDS: type[object] = yaml.SequenceEndEvent
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BAD_ASCII = re.compile("[^\t\n\r\x20-\x7e]")
_SEPARATORS = "\x85\u2028\u2029"  # text in YAML 1.2, as in editors; the ends of lines in 1.1, which the parser reads
_FORMS = {"list": "a list", "text": "a text"}
_PRIVATE = range(0xE000, 0xF900)


def unreadable(text: str) -> re.Match[str] | None:
    """The first character that cannot stand in a text. That of ASCII is looked for apart: to compile the whole takes as
    long as to read a small storyboard."""
    return (_BAD_ASCII if text.isascii() else _bad()).search(text)


@cache
def _bad() -> re.Pattern[str]:
    return re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


class _Mark(Protocol):
    """A place of the parser's: characters from the start of the text."""

    index: int


class _Event(Protocol):
    """What the parser's events have. Of some of them a few are missing: those are not asked for."""

    start_mark: _Mark
    end_mark: _Mark
    anchor: str | None
    tag: str | None
    implicit: tuple[bool, bool]
    style: str | None
    value: str


class _Stop(Exception):
    """Reading cannot go on: it was reported."""


def decode(name: str, data: bytes, report: Report) -> Source | None:
    """The text of a file's bytes (UTF-8, a byte order mark is accepted); None and a diagnostic where it is not text."""
    if len(data) > LARGEST:
        says = f"{name} is {len(data) / 1e6:.1f} MB; files of more than 10 MB are not read"
        hint = "is it the right file? shots that follow a pattern are shorter as a `matrix:`"
        report.error("RM104", says, None, hint=hint)
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        source = Source(name, before + "\ufffd" + data[error.start + 1 :].decode("utf-8", "replace"))
        says, span = f"{name} is not UTF-8: byte 0x{data[error.start]:02x}", Span(source, len(before), len(before) + 1)
        report.error("RM102", says, span, hint="save it as UTF-8 in the editor")
        return None
    return Source(name, text)


def read(source: Source, report: Report) -> Node | None:
    """The tree of one text, always a map; None if something was reported that leaves nothing to go on with."""
    if source.text.startswith("\ufeff"):
        source = Source(source.name, source.text[1:])
    if bad := unreadable(source.text):
        what = {"\0": "a NUL byte", "\ufeff": "a byte order mark (U+FEFF)"}.get(bad[0])
        what = what or f"a control character (U+{ord(bad[0]):04X})"
        report.error("RM103", f"{what} in the text", Span(source, bad.start(), bad.end()), hint="remove it")
        return None
    try:
        root = _Reader(source, report).document()
    except _Stop:
        return None
    except yaml.YAMLError as error:
        explain(source, error, report)
        return None
    if root is None:
        report.error("RM101", f"{source.name} is empty", None, hint="`reelmake init` writes a storyboard to start from")
    elif root.kind != "map":
        says, hint = f"{source.name} must hold keys and values, not ", "the first line of a storyboard is `reelmake: 1`"
        report.error("RM115", says + _FORMS.get(root.kind, "a single value"), root.span, hint=hint)
        return None
    return root


def _stand_ins(text: str) -> dict[int, int]:
    """For each separator in the text a character that is not in it, and that a parser takes for nothing but text."""
    found = [c for c in _SEPARATORS if c in text]
    free = (code for code in _PRIVATE if chr(code) not in text)
    return {ord(separator): code for separator, code in zip(found, free, strict=False)}


class _Reader:
    """Builds nodes from one parser's events; holds what aliases may name."""

    def __init__(self, source: Source, report: Report) -> None:
        self.source, self.report = source, report
        stand_ins = _stand_ins(source.text)
        self.separators = {code: separator for separator, code in stand_ins.items()}
        text = source.text.translate(stand_ins) if stand_ins else source.text
        self.events = cast("Iterator[_Event]", yaml.parse(text, Loader=_Loader))
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.count = 0

    def document(self) -> Node | None:
        root: Node | None = None
        for event in self.events:
            if type(event) is _DOCUMENT:
                if root is not None:
                    hint = "a storyboard is one document: remove the `---`, or split the file"
                    self.report.error("RM114", "a second document begins here", self._span(event), hint=hint)
                    return root
                root = self.node(next(self.events), 0)
        return None if root is not None and root.kind == "null" and root.start == root.end else root

    def node(self, event: _Event, depth: int) -> Node:
        """The node that begins with `event`; consumes up to its end."""
        self.count += 1
        kind = type(event)
        if kind is _ALIAS:
            return self._alias(event)
        if event.tag is not None:
            self._tag(event)
        before = self.count
        if kind is _SCALAR:
            node = self._scalar(event)
        else:
            if depth >= DEEPEST:
                self.report.error("RM116", TOO_DEEP, self._span(event, 1))
                raise _Stop
            node = self._map(event, depth) if kind is _MAP else self._list(event, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = (node, self.count - before + 1)
        return node

    def _span(self, event: _Event, length: int | None = None) -> Span:
        start, end = event.start_mark.index, event.end_mark.index
        return Span(self.source, start, start + length if length is not None else end)

    def _tag(self, event: _Event) -> None:
        start = event.start_mark.index
        text = self.source.text[start : start + 200].split(None, 1)[0]
        shown = text if text.startswith("!") else event.tag
        says, span = f"tags are not used in storyboards: {shown}", Span(self.source, start, start + len(text))
        self.report.error("RM113", says, span, hint="write the value alone")

    def _alias(self, event: _Event) -> Node:
        found = self.anchors.get(event.anchor or "")
        if found is None:
            says = f"no anchor &{event.anchor} comes before this *{event.anchor}"
            quoted = 'quote the text if it is not an alias: "*…"'
            hint = f"known: {', '.join(self.anchors)}" if self.anchors else quoted
            self.report.error("RM111", says, self._span(event), hint=hint)
            return Node("null", None, self.source, event.start_mark.index, event.end_mark.index)
        node, weight = found
        self.count += weight
        if self.count > MOST:
            says = f"expanded, the aliases make more than {MOST:,} values"
            hint = "aliases of aliases multiply: use `matrix:`, `defaults:` or `tiers:` instead"
            self.report.error("RM112", says, self._span(event), hint=hint)
            raise _Stop
        return node

    def _value(self, event: _Event) -> str:
        """A scalar's text as the author wrote it."""
        return event.value.translate(self.separators) if self.separators else event.value

    def _scalar(self, event: _Event) -> Node:
        start, end, value = event.start_mark.index, event.end_mark.index, self._value(event)
        if not event.implicit[0] or event.style:
            return Node("text", value, self.source, start, end)
        meaning = resolve(value)
        if isinstance(meaning, Trap):
            self.report.error(meaning.code, meaning.message, self._span(event), hint=meaning.hint)
            return Node("text", value, self.source, start, end, {}, True)
        kind, scalar = meaning
        if kind == "null" and start == end:
            start = end = self._empty(start)
        return Node(kind, scalar, self.source, start, end, {}, True)

    def _empty(self, at: int) -> int:
        """A value that is not there is shown where it should be: after its key, not at the next line."""
        text = self.source.text
        while at > 0 and (at >= len(text) or text[at] in "\r\n" or text[at - 1] in " \r\n") and text[at - 1] in " \r\n":
            at -= 1
        return at

    def _list(self, event: _Event, depth: int) -> Node:
        start, children = event.start_mark.index, []
        while type(event := next(self.events)) is not _LIST_ENDS:
            children.append(self.node(event, depth + 1))
        end = event.end_mark.index
        end = end if end > start else max([start + 1, *(child.end for child in children)])
        return Node("list", children, self.source, start, end)

    def _map(self, event: _Event, depth: int) -> Node:
        start = event.start_mark.index
        entries: dict[str, Node] = {}
        keys: dict[str, Node] = {}
        merges: list[Node] = []
        while type(event := next(self.events)) is not _MAP_ENDS:
            key = self._key(event, depth)
            value = self.node(next(self.events), depth + 1)
            if key.kind == "null":
                continue
            if key.value == "<<" and key.plain:
                merges += self._merge(value)
            elif key.value in keys:
                notes = [Note("the first one is here", keys[key.value].span)]
                hint = "only the last would count: rename or remove one"
                self.report.error("RM107", f'duplicate key "{key.value}"', key.span, notes=notes, hint=hint)
            else:
                entries[key.value] = value
                keys[key.value] = key
        for merged in merges:  # what stands in the map itself, or was merged before, wins
            entries, keys = {**entries, **merged.value, **entries}, {**keys, **merged.keys, **keys}
        end = event.end_mark.index
        return Node("map", entries, self.source, start, end, keys)

    def _key(self, event: _Event, depth: int) -> Node:
        kind = type(event)
        if kind is _SCALAR:
            if event.tag is not None:
                self._tag(event)
            self.count += 1
            start, end = event.start_mark.index, event.end_mark.index
            key = Node("text", self._value(event), self.source, start, end, {}, not event.style)
            if key.plain and not key.value[:1].isalnum() and (odd := odd_blank(self.source, start)):
                indented_oddly(odd, self.report)
            if event.anchor is not None:
                self.anchors[event.anchor] = (key, 1)
            return key
        span = self._span(event)
        node = self.node(event, depth + 1)
        if node.kind in ("map", "list"):
            self.report.error("RM117", f"a key must be a word, not {_FORMS.get(node.kind, 'a mapping')}", span)
            return node._replace(kind="null")
        return node._replace(kind="text", value=str(node.value))

    def _merge(self, value: Node) -> list[Node]:
        found = value.value if value.kind == "list" else [value]
        for node in found:
            if node.kind != "map":
                says = "`<<` merges mappings, and this is not one"
                self.report.error("RM118", says, node.span, hint="write `<<: *name`")
        return [node for node in found if node.kind == "map"]
