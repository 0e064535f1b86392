"""reelmake.signers: whose key is whose, as a reviewer reads it."""

from __future__ import annotations

import pytest

from tests.compile.casebook import Case

MAYA, EVE = (f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{'B' * 42}{letter}" for letter in "AE")
BOARD = "reelmake: 1\ncache: {trust: [maya]}\nshots: {a: {prompt: A park}}\n"


@pytest.mark.parametrize("end", ["\u2028", "\x85", "\x0b", "\x0c", "\x1c", "\r"])
def test_a_line_is_what_git_shows_as_one(end: str) -> None:
    """What other programs take for the end of a line hides no line behind a comment."""
    found = Case(BOARD, {"reelmake.signers": f"maya {MAYA} a laptop{end}maya {EVE}\n# old{end}maya {EVE}\n"}).compile()
    assert dict(found.trusted) in ({MAYA: "maya"}, {})
    assert EVE not in found.trusted


def test_whoever_has_two_keys_is_believed_by_both() -> None:
    found = Case(BOARD, {"reelmake.signers": f"maya {MAYA} laptop\r\nbob,maya\t{EVE}\r\n"}).compile()
    assert dict(found.trusted) == {MAYA: "maya", EVE: "maya"}
