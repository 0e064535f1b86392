"""The JSON of an order, and addresses: texts with values for their $words. Knows nothing of what they mean.

What names only words without a value is left out: a text, a part of a body, an entry of a list, a part of a query.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import quote

from reelmake.model import words as texts
from reelmake.model.http import File

_ABSENT = object()

Words = Mapping[str, object]


def named(value: object) -> set[str]:
    """The $words in a text, or in texts at any depth."""
    if isinstance(value, str):
        return set(texts.named(value))
    if isinstance(value, Mapping):
        value = list(value.values())
    return {word for part in value for word in named(part)} if isinstance(value, list) else set()


def filled(body: Mapping[str, object], words: Words, references: Iterable[Words] = ()) -> dict[str, object]:
    """The body with values for its $words, and without what has none. `references`: of each, the words for it."""
    pictures = [{**words, **picture} for picture in references]
    parts = {name: _fill(part, words, pictures) for name, part in body.items()}
    return {name: part for name, part in parts.items() if part is not _ABSENT}


def _fill(value: object, words: Words, pictures: list[dict[str, object]]) -> object:
    """A part of a body; _ABSENT if it names something and nothing that it names is there."""
    if isinstance(value, str):
        return _text(value, words)
    if isinstance(value, Mapping):
        mapping = {name: _fill(part, words, pictures) for name, part in value.items()}
        whole: object = {name: part for name, part in mapping.items() if part is not _ABSENT}
    elif isinstance(value, list):
        whole = [part for entry in value for part in _entries(entry, words, pictures) if part is not _ABSENT]
    else:
        return value
    names = named(value)
    there = words.keys() | ({"reference"} if pictures else set())
    return whole if not names or names & there else _ABSENT


def _text(text: str, words: Words) -> object:
    """A word alone is its value, of whatever type; a word among others is written into the text."""
    if word := texts.alone(text):
        return words.get(word, _ABSENT)
    names = texts.named(text)
    return texts.read(text, words) if not names or words.keys() & set(names) else _ABSENT


def _entries(entry: object, words: Words, pictures: list[dict[str, object]]) -> list[object]:
    """The innermost entry that names the picture is there once for each."""
    if "reference" in _outside_lists(entry) and "reference" not in words:
        return [_fill(entry, picture, []) for picture in pictures]
    return [_fill(entry, words, pictures)]


def _outside_lists(value: object) -> set[str]:
    """The $words in a part of a body, less those in lists within it."""
    if isinstance(value, Mapping):
        return {word for part in value.values() for word in _outside_lists(part)}
    return named(value) if isinstance(value, str) else set()


def laid_over(body: Mapping[str, object], extras: Mapping[str, object]) -> dict[str, object]:
    """Extras over a body, key by key in mappings."""
    made = dict(body)
    for name, value in extras.items():
        below = made.get(name)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        made[name] = laid_over(below, value) if both else value  # type: ignore[arg-type]
    return made


def parts(body: Mapping[str, object]) -> tuple[tuple[str, str | File], ...]:
    """A body as the parts of a form: one for each entry, and for each entry of a list. What is no text is written as
    JSON has it."""
    every = ((name, part) for name, value in body.items() for part in (value if isinstance(value, list) else [value]))
    return tuple((name, part if isinstance(part, str | File) else json.dumps(part)) for name, part in every)


def address(path: str, words: Words, slashes: Collection[str] = ()) -> str:
    """A path with its $words percent-encoded: an id may hold "/", "+", "?" or be "..". `slashes`: words that are paths
    of several parts; $path is one as well."""
    encoded = {name: _encoded(str(value), name in slashes or name == "path") for name, value in words.items()}
    return texts.read(path, encoded)


def _encoded(text: str, is_path: bool) -> str:
    if is_path:
        return "/".join(_encoded(part, False) for part in text.split("/"))
    return quote(text, safe="") if text.strip(".") else text.replace(".", "%2E")


def query(asked: Mapping[str, str], words: Words) -> tuple[tuple[str, str], ...]:
    """A query with its $words; wire encodes it."""
    parts = ((name, _text(text, words)) for name, text in asked.items())
    return tuple((name, str(part)) for name, part in parts if part is not _ABSENT)
