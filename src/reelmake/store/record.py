"""How takes and attempts are written as JSON and read back. Knows no file."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from reelmake.model.take import Attempt, Facts, Manifest, Take, Via
from reelmake.model.time import exact

_DIGEST, _SUFFIX = re.compile("[0-9a-f]{64}"), re.compile(r"(\.\w+)*")
_exact = lru_cache(maxsize=1000)(exact)  # the clips of a film have the same lengths and rates, written the same way


def from_take(take: Take) -> dict[str, Any]:
    facts = take.facts
    return {
        "key": take.key,
        "digest": take.digest,
        "kind": take.kind,
        "suffix": take.suffix,
        "facts": {
            "bytes": facts.bytes,
            "seconds": _text(facts.seconds),
            "frames": facts.frames,
            "fps": _text(facts.fps),
            "width": facts.width,
            "height": facts.height,
            "audio": facts.audio,
            **({"notes": list(facts.notes)} if facts.notes else {}),
        },
        "cost": _text(take.cost),
        "provider": take.provider,
        "model": take.model,
        "remote": take.remote,
        "made": take.made,
        "took": round(take.took, 3),
        **({"expires": take.expires} if take.expires else {}),
        **({"via": take.via} if take.via else {}),
        "manifest": [list(pair) for pair in take.manifest],
    }


def to_take(given: dict[str, Any]) -> Take:
    """Raises KeyError, TypeError, ValueError or ArithmeticError for what is not a take."""
    facts = given["facts"]
    return Take(
        key=given["key"],
        digest=_digest(given["digest"]),
        kind=given["kind"],
        suffix=_suffix(given["suffix"]),
        facts=Facts(
            facts["bytes"],
            _fraction(facts["seconds"]),
            facts["frames"],
            _fraction(facts["fps"]),
            facts["width"],
            facts["height"],
            facts["audio"],
            tuple(map(str, facts.get("notes", ()))),
        ),
        manifest=_manifest(given["manifest"]),
        cost=_decimal(given["cost"]),
        provider=given["provider"],
        model=given["model"],
        remote=given["remote"],
        made=given["made"],
        took=float(given["took"]),
        expires=str(given.get("expires", "")),
        via=_via(given),
    )


def from_attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "token": attempt.token,
        "key": attempt.key,
        "provider": attempt.provider,
        "shot": attempt.shot,
        "cost": _text(attempt.cost),
        "number": attempt.number,
        "suffix": attempt.suffix,
        "order": attempt.order,
        **({"via": attempt.via} if attempt.via else {}),
        **({"theirs": attempt.theirs} if attempt.theirs else {}),
        "manifest": [list(pair) for pair in attempt.manifest],
    }


def to_attempt(given: dict[str, Any]) -> Attempt:
    """Raises KeyError, TypeError, ValueError or ArithmeticError for what is not an attempt."""
    return Attempt(
        key=given["key"],
        token=given["token"],
        provider=given["provider"],
        shot=given["shot"],
        cost=_decimal(given["cost"]),
        at=given["at"],
        number=given["number"],
        order=given["order"],
        suffix=_suffix(given["suffix"]),
        manifest=_manifest(given["manifest"]),
        via=_via(given),
        theirs=str(given.get("theirs", "")),
    )


def _digest(text: str) -> str:
    """The name of a file: nothing else may stand there."""
    if not _DIGEST.fullmatch(text):
        raise ValueError("not a digest")
    return text


def _suffix(text: str) -> str:
    if not _SUFFIX.fullmatch(text):
        raise ValueError("not a suffix")
    return text


def _via(given: dict[str, Any]) -> Via:
    """Records of earlier versions do not say: then it was by the id."""
    via = given.get("via", "")
    return via if via in ("upload", "continue") else ""


def _text(value: Fraction | Decimal | None) -> str | None:
    return None if value is None else str(value)


def _fraction(value: str | None) -> Fraction | None:
    return None if value is None else _exact(value)


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _manifest(pairs: list[list[str]]) -> Manifest:
    return tuple((label, value) for label, value in pairs)
