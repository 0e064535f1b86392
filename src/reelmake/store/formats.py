"""In which form a project's state is: one number for it all, in `.reelmake/format`, and which version reads it.

    0   has no such file: everything up to 0.1
    1   the same, and says so; nothing is left of runs of older versions in takes/

A state of an older form is brought up one step at a time, by whoever opens it; each step can be taken again if it was
not finished. One of a newer form is refused as it is. What a state holds may be added to without a new number as long
as an older version that passes it over loses nothing. Knows nothing of what is done with a state.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from reelmake.errors import Busy, LocalTool
from reelmake.model.json_value import json_object, whole
from reelmake.scratch import discard
from reelmake.store.disk import FORM, FORM_FILE, explained, make_folder, mark, write_whole

NEWER = "RM986"
_VERSION = re.compile(r"\d+(\.\d+){1,2}")


def ready(state: Path, *, make: bool = False) -> Path:
    """The state, in the form that this version reads and writes; if there is none yet, it is made or not. Raises
    LocalTool (RM986) for a newer one; LocalTool or Busy if an older one has to be brought up and cannot be now."""
    found = number(state)
    if make and not state.is_dir():
        with explained(f"make {state}"):
            make_folder(state, durable=False)
            write_whole(state / FORM_FILE, mark(FORM), durable=False)
    if found < FORM and state.is_dir():
        from reelmake.store.hold import Hold  # not for those who only look

        try:
            with Hold(state / "hold", wait=False), explained(f"bring {state} up to date"):
                for at in range(number(state), FORM):
                    _STEPS[at](state)
                    write_whole(state / FORM_FILE, mark(at + 1), durable=True)
        except (LocalTool, Busy):
            if found < _AS_IT_IS:
                raise
    return state


def number(state: Path) -> int:
    """Of the form that a state is in. Raises LocalTool (RM986) if it is none that this version reads."""
    file = state / FORM_FILE
    with explained(f"read {file}"):
        try:
            said = file.read_bytes()
        except FileNotFoundError:
            return 0
    if refusal := unknown(said, FORM):
        steps = (f"pip install --upgrade {refusal[1]}",) if refusal[1] else (f"rm {file}, if nothing else wrote there",)
        raise LocalTool(f"{state} {refusal[0]}", code=NEWER, next_steps=steps)
    return whole(json_object(said)["format"])


def unknown(said: bytes, known: int) -> tuple[str, str] | None:
    """Why a form is none that is read here, and what would read it ("reelmake>=0.9"); None if it is. `known`: the
    newest that is."""
    try:
        given = json_object(said)
        form, version = whole(given["format"]), str(given.get("reelmake", ""))
        if form < 0:
            raise ValueError("there is none")
    except (ValueError, KeyError, TypeError):
        return "does not say in which form it is: its mark is damaged", ""
    if form <= known:
        return None
    by = version if _VERSION.fullmatch(version) else ""
    needs = f"it needs reelmake {by} or newer" if by else "a newer reelmake is needed"
    return (
        f"is in form {form}, and this reelmake reads up to {known}: {needs}",
        f"'reelmake>={by}'" if by else "reelmake",
    )


def _count(state: Path) -> None:
    """From 0: drafts of records that killed runs left beside them, which nobody has looked for since."""
    discard(*(state / "takes").glob("??/*.tmp"))


_STEPS: dict[int, Callable[[Path], None]] = {0: _count}
_AS_IT_IS = 0  # the oldest form that can be read as it is, where nothing can be written
