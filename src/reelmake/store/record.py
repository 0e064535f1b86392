"""How takes and attempts are written as JSON and read back. Knows no file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from reelmake.model.json_value import Json, JsonObject, items, named, number, text, whole
from reelmake.model.take import Attempt, Facts, Manifest, SpokenWord, Take, Via
from reelmake.model.time import exact

_DIGEST, _SUFFIX = re.compile("[0-9a-f]{64}"), re.compile(r"(\.\w+)*")
_FORTUNE, _PLACES = 10**15, 500  # far beyond what anything costs, and still to be counted with
_RARE = ("notes", "words", "expires", "via", "theirs", "by", "origin")  # left out if there is nothing to say
_OWN = ("at", "remote", "taken")  # of an attempt: what the lines say that follow it, and when it was written
_exact = lru_cache(maxsize=1000)(exact)  # the clips of a film have the same lengths and rates, written the same way


def from_take(take: Take) -> JsonObject:
    return {**_record(take), "took": round(take.took, 3)}


def text_of(take: Take) -> str:
    """A line a field: people look into it, too, and json's own indent takes ten times as long."""
    lines = (f' "{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in from_take(take).items())
    return "{\n" + ",\n".join(lines) + "\n}"


def to_take(given: Mapping[str, object]) -> Take:
    """Raises KeyError, TypeError, ValueError or ArithmeticError for what is not a take."""
    facts = named(given["facts"])
    return Take(
        key=text(given["key"]),
        digest=_digest(text(given["digest"])),
        kind=text(given["kind"]),
        suffix=_suffix(text(given["suffix"])),
        facts=Facts(
            whole(facts["bytes"]),
            _fraction(facts["seconds"]),
            _whole(facts["frames"]),
            _fraction(facts["fps"]),
            _whole(facts["width"]),
            _whole(facts["height"]),
            bool(facts["audio"]),
            tuple(map(str, items(facts.get("notes", ())))),
            tuple(map(to_word, items(facts.get("words", ())))),
        ),
        manifest=_manifest(given["manifest"]),
        cost=dollars(given["cost"]),
        provider=text(given["provider"]),
        model=text(given["model"]),
        remote=text(given["remote"]),
        made=text(given["made"]),
        took=number(given["took"]),
        expires=str(given.get("expires", "")),
        via=_via(given),
        by=str(given.get("by", "")),
        origin=str(given.get("origin", "")),
    )


def from_attempt(attempt: Attempt) -> JsonObject:
    return {name: value for name, value in _record(attempt).items() if name not in _OWN}


def to_attempt(given: Mapping[str, object]) -> Attempt:
    """Raises KeyError, TypeError, ValueError or ArithmeticError for what is not an attempt."""
    return Attempt(
        key=text(given["key"]),
        token=text(given["token"]),
        provider=text(given["provider"]),
        shot=text(given["shot"]),
        cost=dollars(given["cost"]),
        at=text(given["at"]),
        number=whole(given["number"]),
        order=text(given["order"]),
        suffix=_suffix(text(given["suffix"])),
        manifest=_manifest(given["manifest"]),
        via=_via(given),
        theirs=str(given.get("theirs", "")),
        origin=str(given.get("origin", "")),
    )


def _record(noun: Take | Facts | Attempt) -> dict[str, Json]:
    named = ((field.name, getattr(noun, field.name)) for field in fields(noun))
    return {name: _written(value) for name, value in named if value or name not in _RARE}


def _written(value: Json | Fraction | Decimal | Facts) -> Json:
    if isinstance(value, Facts):
        words: list[Json] = [from_word(word) for word in value.words]
        return _record(value) | ({"words": words} if words else {})
    return str(value) if isinstance(value, Fraction | Decimal) else value


def _digest(name: str) -> str:
    """The name of a file: nothing else may stand there."""
    if not _DIGEST.fullmatch(name):
        raise ValueError("not a digest")
    return name


def _suffix(name: str) -> str:
    if not _SUFFIX.fullmatch(name):
        raise ValueError("not a suffix")
    return name


def _via(given: Mapping[str, object]) -> Via:
    """Records of earlier versions do not say: then it was by the id."""
    via = given.get("via")
    return "upload" if via == "upload" else "continue" if via == "continue" else ""


def _whole(value: object) -> int | None:
    return None if value is None else whole(value)


def _fraction(value: object) -> Fraction | None:
    return None if value is None else _exact(text(value))


def dollars(value: object) -> Decimal | None:
    """USD: an amount that somebody can have paid, and that can be shown; None = not known. Raises TypeError, ValueError
    or ArithmeticError for anything else."""
    found = None if value is None else Decimal(text(value))
    if found and not (0 < found < _FORTUNE and found.adjusted() > -_PLACES):
        raise ValueError("no price")
    return found


def from_word(word: SpokenWord) -> list[Json]:
    return [word.text, str(word.begin), str(word.end)]


def to_word(said: object) -> SpokenWord:
    word, begin, end = items(said)
    return SpokenWord(text(word), _exact(text(begin)), _exact(text(end)))


def _manifest(pairs: object) -> Manifest:
    return tuple((text(label), text(value)) for label, value in map(items, items(pairs)))
