"""`cache: trust:`, whose signatures are believed: keys, and names that a file in git gives keys to.

    # reelmake.signers, in the form of OpenSSH's allowed signers
    maya,maya@studio.example ssh-ed25519 AAAA… a laptop
    maya ssh-ed25519 AAAA… another one of hers

So who is let in is read in a review. Knows nothing of signatures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reelmake.compile.merge import ProjectTexts
from reelmake.compile.node import Node
from reelmake.diagnostics import Report, Source, Span
from reelmake.model.signer import BadKey, Signers, public_key

FILE = "reelmake.signers"
_SHOWN = 8  # characters of a key that nobody has given a name
_KEYS = ("ssh-", "ecdsa-", "sk-")  # what the types of OpenSSH's keys begin with
Line = tuple[Sequence[str], str]
"""Whose it is, by all their names, and the key; "" if it is none."""


def signers(root: Node, texts: ProjectTexts) -> Signers:
    """Who is trusted by a document, in its order; what is wrong has been reported."""
    trust = root.get("cache", "trust")
    listed = (
        [entry for entry in trust.value if entry.kind == "text"] if trust is not None and trust.kind == "list" else []
    )
    found: dict[str, str] = {}
    named = [entry for entry in listed if not _is_key(entry.value)]
    lines = _lines(named[0].span, texts) if named else []
    for entry in listed:
        if not _is_key(entry.value):
            keys = [key for names, key in lines or () if entry.value in names]
            if lines is not None and not keys:
                _unknown(entry, lines, texts)
        else:
            keys = [_key(entry.value, entry.span, texts.report)]
        for key in filter(None, keys):
            found.setdefault(key, _called(entry.value, key))
    return found


def _is_key(said: str) -> bool:
    return said.startswith(_KEYS)


def _called(said: str, key: str) -> str:
    """For people: the name, or the comment behind a key, or how the key ends."""
    if not _is_key(said):
        return said
    comment = " ".join(said.split()[2:])
    return comment or f"…{key[-_SHOWN:]}"


def _lines(span: Span, texts: ProjectTexts) -> list[Line] | None:
    """What stands in the file; None if it cannot be read. No file has no lines: then no name is known."""
    if not texts.exists(FILE):
        return []
    source = texts.open(FILE, span)
    return None if source is None else list(_read(source, texts.report))


def _read(source: Source, report: Report) -> Iterator[Line]:
    start = 0
    for line in source.text.split("\n"):
        said, span = line.strip(), Span(source, start, start + len(line.rstrip()))
        start += len(line) + 1
        if not said or said.startswith("#"):
            continue
        names, rest = (*said.split(maxsplit=1), "")[:2]
        if any(sign in names for sign in '*?!"') or not rest:
            report.error("RM329", "this line gives nobody a key", span, hint="write NAME ssh-ed25519 AAAA…")
        elif not rest.startswith(_KEYS):
            hint = "write NAME ssh-ed25519 AAAA…; who shall not be believed any more has no line"
            report.error("RM329", f"options, such as {rest.split()[0].split('=')[0]}, are not read", span, hint=hint)
        else:
            yield names.split(","), _key(rest, span, report)


def _key(said: str, span: Span, report: Report) -> str:
    """ "" and a diagnostic if it is none."""
    try:
        return public_key(said)
    except BadKey as error:
        if error.sort:
            report.error("RM328", f"this key {error}", span, hint="`ssh-keygen -t ed25519` makes one")
        else:
            report.error("RM326", f"this {error}", span, hint="copy the whole line of the .pub file")
        return ""


def _unknown(entry: Node, lines: Sequence[Line], texts: ProjectTexts) -> None:
    known = [name for names, _ in lines for name in names]
    said = f"nobody is called {entry.value} in {FILE}"
    hint = f"add a line to it, and commit it: {entry.value} ssh-ed25519 AAAA…"
    if not texts.exists(FILE):
        said, hint = (
            f"there is no {FILE} to say who {entry.value} is",
            f"write one, and commit it: {entry.value} ssh-ed25519 AAAA…",
        )
    texts.report.error("RM327", said, entry.span, near=(entry.value, known), hint=hint)
