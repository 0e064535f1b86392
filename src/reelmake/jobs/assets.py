"""What a provider keeps beside clips: pictures of them, and characters made of clips.

Asked for by hand, one at a time; no plan and no key knows of them. Knows nothing of terminals.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from reelmake.diagnostics import Diagnostic
from reelmake.errors import LocalTool, Mistake
from reelmake.scratch import discard
from reelmake.store.disk import explained, fresh_name

if TYPE_CHECKING:
    from reelmake.jobs.accounts import Accounts
    from reelmake.ports import Provider, Talk

VARIANTS = ("thumbnail", "spritesheet")

T = TypeVar("T")


class KeepsAssets(Protocol):
    """What conversations have beside ports.Conversation, each of the three or not."""

    def picture(self, remote: str, variant: str) -> Talk[None]: ...
    def character(self, name: str, clip: Path) -> Talk[str]: ...
    def known_character(self, id: str) -> Talk[str]: ...


def picture(accounts: Accounts, called: str, remote: str, variant: str, into: Path) -> None:
    """Writes a still of a finished clip (`thumbnail`), or a sheet of them (`spritesheet`), whole or not at all.

    Raises Mistake, Unwilling, Gone if the server has none, LocalTool.
    """
    partial = fresh_name(into.parent, ".part")
    try:
        _asked(accounts, called, "picture", lambda conversation: conversation.picture(remote, variant), partial)
        if not partial.exists():
            raise LocalTool(f"{called} answered without a picture")
        with explained(f"write {into}"):
            partial.replace(into)
    finally:
        discard(partial)


def character(accounts: Accounts, called: str, name: str, clip: Path) -> str:
    """Sends a short clip; its subject can then be in other shots there. The id that orders name it by.

    Sent once, and perhaps charged. Raises Mistake, Unwilling, Refused, and Ambiguous if nobody can know.
    """
    if not clip.is_file():
        raise Mistake([Diagnostic("RM719", f"{clip} is not a file", None, hint="a character is made of a short clip")])
    return _asked(accounts, called, "character", lambda conversation: conversation.character(name, clip))


def known_character(accounts: Accounts, called: str, id: str) -> str:
    """The name of a character that is there. Raises Mistake, Unwilling, Gone."""
    return _asked(accounts, called, "known_character", lambda conversation: conversation.known_character(id))


LARGEST_STILL = 256 << 20  # bytes


def _asked(
    accounts: Accounts, called: str, what: str, begin: Callable[[KeepsAssets], Talk[T]], into: Path | None = None
) -> T:
    from reelmake.wire.carrier import HttpProvider
    from reelmake.wire.save import Download

    async def talked(live: Provider) -> T:
        if not (isinstance(live, HttpProvider) and hasattr(live.conversation, what)):
            kind = accounts.specs[called].kind
            message = f'providers of kind "{kind}" have no {_WORDS[what]}'
            raise Mistake([Diagnostic("RM719", message, None, hint="servers that speak /v1/videos may have them")])
        download = Download(into, lambda fraction, word: None, LARGEST_STILL) if into else None
        return await live.hold(begin(cast("KeepsAssets", live.conversation)), download)

    return accounts.ask(called, talked)


_WORDS = {"picture": "pictures of their clips", "character": "characters", "known_character": "characters"}
