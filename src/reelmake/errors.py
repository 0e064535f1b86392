"""The world's refusals, as a tree. The author's mistakes are Diagnostics; our bugs are plain exceptions.

    ReelmakeError
    ├── Mistake        the storyboard or the command line is wrong (carries diagnostics); exit 2
    ├── Unwilling      refused before spending: budget, --locked, sunset, missing credentials; exit 3
    │   └── Unbound    a secret would go where its owner has not allowed it to
    ├── Unloadable     a plug-in that is installed cannot be imported; exit 1
    ├── Busy           another run holds this project's lock; exit 1
    └── StepError      one step could not be made; dependents are skipped, the rest goes on; exit 1
        ├── Transient  worth another try: bounded by attempts and by time
        ├── Ambiguous  a paid call was sent and no answer came: never sent again on our own
        ├── Refused    the provider will not do it: a bad parameter, a size it has not
        │   └── Moderated  nor this prompt or these pictures, nor what came of them
        ├── NoCredit   no money or quota at the provider: nothing more is started there
        ├── NoAccess   missing or rejected credentials
        ├── Gone       the remote clip or its source no longer exists
        └── LocalTool  ffmpeg, the disk, a file that is not what it should be
            ├── Astray a reply leads where we do not go: into this network, to another scheme
            └── Endless  more is sent than the clip can have

Knows nothing of how an error is shown. Each says what happened (`str`), what was kept and what to do next.
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from reelmake.diagnostics import Diagnostic, Span

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # why no more can be written


class ReelmakeError(Exception):
    """Base of everything the tool says on purpose. `code` is stable; `next_steps` are commands to try."""

    code: str = "RM900"
    exit_status: ClassVar[int] = 1

    def __init__(
        self, message: str, *, next_steps: Sequence[str] = (), span: Span | None = None, code: str = ""
    ) -> None:
        super().__init__(message)
        self.next_steps = tuple(next_steps)
        self.span = span
        if code:
            self.code = code


class Mistake(ReelmakeError):
    """The storyboard or the command line is wrong; nothing was started."""

    code = "RM100"
    exit_status = 2

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        errors = [d for d in diagnostics if d.severity == "error"]
        super().__init__(errors[0].message if errors else "the storyboard is wrong")
        self.diagnostics = tuple(diagnostics)

    @classmethod
    def of(cls, code: str, message: str, span: Span | None = None, *, hint: str = "") -> Mistake:
        """The only one there is."""
        from reelmake.diagnostics import Diagnostic

        return cls([Diagnostic(code, message, span, hint=hint)])


class Unloadable(ReelmakeError, KeyError):
    """A plug-in that is installed has the name, but cannot be imported: as if nothing had it, and this says why."""

    __str__ = Exception.__str__  # a KeyError would put it in quotes


class Unwilling(ReelmakeError):
    """Refused before anything was spent."""

    code = "RM800"
    exit_status = 3


class Unbound(Unwilling):
    """A secret would go to an origin that the owner of this machine has not bound it to.

    `wants`: the places of secrets and their origins that a yes would allow; () = no yes would help.
    """

    code = "RM821"

    def __init__(
        self,
        message: str,
        *,
        wants: Sequence[tuple[str, str]] = (),
        next_steps: Sequence[str] = (),
        span: Span | None = None,
    ) -> None:
        super().__init__(message, next_steps=next_steps, span=span)
        self.wants = tuple(wants)


class Busy(ReelmakeError):
    """Another run holds the lock of this project. `str` says which process, since when."""

    code = "RM850"


class StepError(ReelmakeError):
    """One step could not be made."""


class Transient(StepError):
    """Worth another try. `after` is the wait in seconds that the other side asked for, if it did."""

    code = "RM910"

    def __init__(self, message: str, *, after: float | None = None, next_steps: Sequence[str] = ()) -> None:
        super().__init__(message, next_steps=next_steps)
        self.after = after


class Ambiguous(StepError):
    """Perhaps paid, perhaps not: sent, but the answer was lost. Never retried blindly.

    `jobs`: ids of the provider's jobs that may be the order; () = nobody can say which, None = it makes no job of one.
    `taken`: it said yes, and gave no id; only which job it is, is not known. `slow`: it may still be at it, for nobody
    broke off but we or a gateway, who would not wait any longer.
    """

    code = "RM915"

    def __init__(
        self,
        message: str,
        *,
        jobs: Sequence[str] | None = (),
        next_steps: Sequence[str] = (),
        code: str = "",
        taken: bool = False,
        slow: bool = False,
    ) -> None:
        super().__init__(message, next_steps=next_steps, code=code)
        self.jobs, self.taken, self.slow = None if jobs is None else tuple(jobs), taken, slow


class Refused(StepError):
    """The provider will not do this order. `field`: the part of what it was sent that it complains of, as it says."""

    code = "RM920"

    def __init__(self, message: str, *, next_steps: Sequence[str] = (), code: str = "", field: str = "") -> None:
        super().__init__(message, next_steps=next_steps, code=code)
        self.field = field


class Moderated(Refused):
    """The order, or the clip that was made of it, breaks a rule of the provider."""

    code = "RM921"


class NoCredit(StepError):
    """The account has no money or quota left."""

    code = "RM930"


class NoAccess(StepError):
    """Credentials are missing or were rejected."""

    code = "RM940"


class Gone(StepError):
    """What was there once is there no longer: an expired result, a deleted source."""

    code = "RM950"


class LocalTool(StepError):
    """ffmpeg, the disk or a local file failed."""

    code = "RM960"


def disk_full(doing: str) -> LocalTool:
    message = f"cannot {doing}: the disk is full; what was kept before is safe and will not be paid for again"
    return LocalTool(message, next_steps=("free some space", "reelmake build"))


def is_full(error: BaseException | None) -> bool:
    """Did it, or what it came of, happen because no more can be written?"""
    while error is not None:
        if getattr(error, "errno", None) in FULL:
            return True
        error = error.__cause__ or error.__context__
    return False


class Astray(LocalTool):
    """A reply leads where we do not go. Asking again would lead there again; the order is not touched by it."""

    code = "RM961"


class Unfit(LocalTool):
    """The answer to a paid order is here, all that there will ever be of it, and it is not what was ordered."""


class Damaged(LocalTool):
    """The bytes of a take that is here are not any more what they were."""


class Endless(LocalTool):
    """More is sent than the clip can have. Asking again would fill the disk again; the order is not touched by it."""

    code = "RM530"
