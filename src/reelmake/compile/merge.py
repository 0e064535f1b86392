"""Several texts to one document: `include`, then `--profile`, then `--set`. Knows nothing of what the keys mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from typing import Protocol

from reelmake.compile.node import Node, with_entries
from reelmake.compile.paths import Barred, openable, project_path
from reelmake.compile.read import read
from reelmake.compile.scalars import Trap, resolve
from reelmake.compile.validate import Validator, schema
from reelmake.diagnostics import Note, Report, Source, Span
from reelmake.errors import LocalTool, Mistake, ReelmakeError
from reelmake.records import dataclass

DEEPEST = 32  # files in files
MOST, LARGEST = 1_000, 50_000_000  # files that a storyboard is made of, and their characters
_SHARED = ("vars", "characters", "places", "props", "voices", "tiers", "providers")


class TextFiles(Protocol):
    """Where texts of a project come from, by project path.

    open:   raises errors.Mistake or errors.LocalTool.
    exists: is it a file?
    barred: why the file there may not be opened.
    """

    def open(self, path: str) -> Source: ...
    def exists(self, path: str) -> bool: ...
    def barred(self, path: str) -> LocalTool | None: ...


@dataclass
class ProjectTexts:
    """The files of the project, as text: opens each once, remembers which were read."""

    open_text: Callable[[str], Source]
    exists: Callable[[str], bool]
    barred: Barred
    report: Report
    sources: list[Source] = field(default_factory=list)
    full: bool = False  # no more is read
    broken: bool = False  # an included file could not be read: what it holds is not known

    def open(self, path: str, span: Span) -> Source | None:
        """The text at a checked project path; None and a diagnostic where there is none."""
        if self._full(span):
            return None
        if not openable(path, span, self.exists, self.barred, self.report):
            return None
        try:
            source = self.open_text(path)
        except Mistake as mistake:
            self.report.add(d if d.span is not None else replace(d, span=span) for d in mistake.diagnostics)
            return None
        except ReelmakeError as error:
            self.report.error("RM602", f"{path} cannot be read: {error}", span)
            return None
        self.sources.append(source)
        return source

    def _full(self, span: Span) -> bool:
        """Was enough read? Said once."""
        if len(self.sources) <= MOST and sum(len(source.text) for source in self.sources) <= LARGEST:
            return False
        if not self.full:
            message = f"more than {MOST:,} files, or {LARGEST // 1_000_000} MB of them, are included in this storyboard"
            self.report.error("RM617", message, span, hint="files that include each other's files multiply")
        self.full = self.broken = True
        return True


def merge(base: Node, over: Node) -> Node:
    """Mappings key by key, everything else replaced by `over`."""
    if base.kind != "map" or over.kind != "map":
        return over
    entries, keys = dict(base.value), dict(base.keys)
    for name, key, value in over.entries():
        entries[name] = merge(entries[name], value) if name in entries else value
        keys[name] = key
    return with_entries(base, entries, keys)


def include(root: Node, texts: ProjectTexts, form: Validator, trail: tuple[tuple[str, Span], ...] = ()) -> Node:
    """`root` with what its `include` files hold below it: its own entries win, later files win over earlier ones."""
    wanted = root.value.get("include")
    if wanted is None:
        return root
    below: Node | None = None
    for entry in wanted.value if wanted.kind == "list" else [wanted]:
        if entry.kind != "text":
            continue  # the schema says so
        shared = _included(entry, texts, form, trail)
        if shared is not None:
            below = shared if below is None else _over(below, shared)
    return root if below is None else _over(below, root)


def _included(entry: Node, texts: ProjectTexts, form: Validator, trail: tuple[tuple[str, Span], ...]) -> Node | None:
    path = project_path(entry.value, entry.span, texts.report)
    if path is None:
        texts.broken = True
        return None
    names = [name for name, _ in trail]
    if path in names:
        way = " → ".join([*names[names.index(path) :], path])
        notes = [Note("it is included here", trail[names.index(path)][1])]
        texts.report.error("RM218", f"these files include each other: {way}", entry.span, notes=notes)
        return None
    if len(trail) >= DEEPEST:
        texts.broken = True
        texts.report.error("RM218", f"files included more than {DEEPEST} deep", entry.span)
        return None
    source = texts.open(path, entry.span)
    node = read(source, texts.report) if source else None
    if node is None:
        texts.broken = True
        return None
    form.included(node)
    whole = include(node, texts, form, (*trail, (path, entry.span)))
    entries = {name: whole.value[name] for name in _SHARED if name in whole.value and whole.value[name].kind == "map"}
    return with_entries(whole, entries)


def _over(below: Node, root: Node) -> Node:
    """Name by name, not deeper: a tier of the document replaces the included tier of that name."""
    entries, keys = dict(root.value), dict(root.keys)
    for name, key, value in below.entries():
        mine = entries.get(name)
        if mine is None:
            entries[name], keys[name] = value, key
        elif mine.kind == "map":
            entries[name] = with_entries(mine, {**value.value, **mine.value}, {**value.keys, **mine.keys})
    return with_entries(root, entries, keys)


def profiled(root: Node, profile: str, report: Report) -> Node:
    """With the named profile merged over it."""
    names = {name: node for name, _, node in root.entries("profiles")}
    if not profile:
        return root
    if profile not in names:
        span = root.keys["profiles"].span if "profiles" in root.keys else None
        hint = "this storyboard has no `profiles:`"
        report.error("RM216", f'unknown profile "{profile}"', span, near=(profile, names), hint=hint)
        return root
    return merge(root, names[profile]) if names[profile].kind == "map" else root


def settings(root: Node, wanted: Mapping[str, str], report: Report) -> Node:
    """With `--set name=value` (a variable) and `--set dotted.path=value` put over it."""
    for name, text in wanted.items():
        source = Source("--set", f"{name}={text}")
        value = _scalar(source, len(name) + 1, text, report)
        key = Node("text", name, source, 0, len(name))
        if value is None:
            continue
        names = [n for n, _, _ in root.entries("vars")]
        if path := ["vars", name] if name in names else _path(root, name):
            root = merge(root, _nest(path, key, value))
        elif "." in name:
            top = name.split(".", 1)[0]
            report.error("RM711", f'--set: unknown key "{top}"', key.span, near=(top, schema()["properties"]))
        else:
            says, hint = f'--set: there is no variable "{name}"', f"declare it: `vars: {{{name}: …}}`"
            report.error("RM710", says, key.span, near=(name, names), hint=hint)
    return root


def _scalar(source: Source, start: int, text: str, report: Report) -> Node | None:
    end = start + len(text)
    span = Span(source, start, end)
    try:
        text.encode()
    except UnicodeEncodeError:
        report.error("RM712", "--set: the value is not UTF-8", None)
        return None
    meaning = resolve(text)
    if isinstance(meaning, Trap):
        report.error(meaning.code, meaning.message, span, hint=meaning.hint)
        return None
    kind, value = meaning
    return Node("text" if kind == "null" else kind, text if kind == "null" else value, source, start, end, {}, True)


def _path(root: Node, name: str) -> list[str]:
    """The keys a dotted path names. Keys may hold dots themselves (cut.mp4): the longest that is there wins."""
    parts = name.split(".")
    if parts[0] not in schema()["properties"] or parts[0] in ("reelmake", "include", "profiles"):
        return []
    path: list[str] = []
    node: Node | None = root
    while parts:
        longest = next((n for n in range(len(parts), 1, -1) if node and node.get(".".join(parts[:n]))), 1)
        path.append(".".join(parts[:longest]))
        node = node.get(path[-1]) if node else None
        parts = parts[longest:]
    return path


def _nest(path: list[str], key: Node, value: Node) -> Node:
    for name in reversed(path):
        value = Node("map", {name: value}, key.source, key.start, key.end, {name: key})
    return value
