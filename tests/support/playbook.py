"""Plays a transcript against the state machine: `>` lines are reported to it, `<` lines are what it must answer.

    > began
    < look a
    > looked a: nothing
    < tell StepStarted a
    < intend a #1
    @ 12.5

`@` sets the time. Tasks are called by the step that first wanted them, less its "shot:". The whole transcript is
compared at once, so a failure shows the road that was really taken.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

from reelmake import errors
from reelmake.model import events
from reelmake.model.provider import Limits
from reelmake.model.remote import Content, Dead, Pending, Ready
from reelmake.model.step import Step
from reelmake.model.take import Attempt, Facts, Take, Via
from reelmake.plan import commands, reports
from reelmake.plan.mandate import Goal, History, Policy
from reelmake.plan.progress import Progress
from reelmake.plan.provider_queue import ProviderQueue

QUIET = (events.StepDone, events.StepProgressed)  # told all the time; asserted where it matters
ERRORS: Mapping[str, Callable[[str], errors.StepError]] = {
    kind.__name__.lower(): kind
    for kind in (
        errors.Transient,
        errors.Ambiguous,
        errors.Refused,
        errors.Moderated,
        errors.NoCredit,
        errors.NoAccess,
        errors.Gone,
        errors.LocalTool,
        errors.StepError,
    )
}

_POLICY = {field.name for field in fields(Policy)}


class Playbook:
    def __init__(
        self,
        steps: Mapping[str, Step],
        *,
        limits: Limits | None = None,
        providers: Collection[str] = ("studio",),
        priority: Mapping[str, float] = MappingProxyType({}),
        files: Mapping[str, str | errors.StepError] = MappingProxyType({}),
        attempts: Sequence[Attempt] = (),
        sent: float = -1000.0,
        **options: Any,
    ) -> None:
        """`sent`: when the earlier attempts were; `options`: of Policy and History."""
        policy = Policy(**{"workers": 2, **{name: options.pop(name) for name in _POLICY & options.keys()}})
        history = History([(a, sent) for a in attempts], **options)
        queues = self.queues = {name: ProviderQueue(limits or Limits()) for name in providers}
        self.machine = Progress(Goal(steps, list(steps), priority), files, queues, policy, history)
        self.now = 0.0
        self.ids: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self.intends: dict[str, commands.Intend] = {}
        self.told: list[events.Event] = []

    def play(self, transcript: str) -> Progress:
        """Runs the `>` and `@` lines and compares everything."""
        expected = [line.strip() for line in transcript.strip().splitlines() if line.strip()]
        played: list[str] = []
        for line in expected:
            if line.startswith("@"):
                self.now = float(line[1:])
                played.append(line)
            elif line.startswith(">"):
                played.append(line)
                played += [f"< {self._drawn(c)}" for c in self._said(line[1:].strip()) if self._loud(c)]
        assert "\n".join(played) == "\n".join(expected)
        return self.machine

    def _said(self, line: str) -> list[commands.Command]:
        asked = self.machine.advance(self.now, self._report(line))
        for command in asked:
            if isinstance(command, commands.Look):
                self.ids[self._name(command.id)] = command.id
                self.keys[command.id] = command.key
            if isinstance(command, commands.Intend):
                self.intends[command.id] = command
        self.told += [c.event for c in asked if isinstance(c, commands.Tell)]
        return asked

    @staticmethod
    def _loud(command: commands.Command) -> bool:
        return not (isinstance(command, commands.Tell) and isinstance(command.event, QUIET))

    def _name(self, id: str) -> str:
        known = {v: k for k, v in self.ids.items()}
        return known.get(id) or self.machine.name(id).removeprefix("shot:")

    # Reports: "<verb> <task>: <rest>"

    def _report(self, line: str) -> reports.Report:
        head, _, rest = line.partition(":")
        verb, name, *more = [*head.split(" "), ""]
        id, rest = self.ids.get(name, ""), rest.strip()
        match verb:
            case "began":
                return reports.Began()
            case "ticked":
                return reports.Ticked()
            case "interrupted":
                return reports.Interrupted()
            case "looked" | "offered":
                said = reports.Looked if verb == "looked" else reports.Offered
                return said(id, None if rest == "nothing" else self._take(id, rest))
            case "intended":
                return reports.Intended(id, self._intended(id, "upload" if "via" in more else ""))
            case "sent":
                remote, cost = _money(rest)
                return reports.Sent(id, remote, cost)
            case "answered":
                return reports.Sent(id, "", content=Content(b"result"))
            case "found":
                lag = None if "no lag" in rest else 0.0
                return reports.Found(id, None if rest.startswith("nothing") else rest, lag)
            case "polled":
                return reports.Polled(id, _status(rest))
            case "fetched":
                return reports.Fetched(id, PurePosixPath("clip"), Facts(4, Fraction(rest or "4")))
            case "made":
                return reports.Made(id, self._take(id, rest))
            case "broke":
                kind, _, message = rest.partition(" ")
                after = message.partition("after ")[2]
                error = ERRORS[kind](message or kind)
                if after and isinstance(error, errors.Transient):
                    error.after = float(after)
                return reports.Broke(id, error)
        raise ValueError(line)

    def _intended(self, id: str, via: Via) -> Attempt:
        order = self.intends[id]
        job = order.step.order
        assert job
        given = {"cost": job.cost, "at": "now", "number": order.number, "via": via}
        return Attempt(order.key, f"token-{order.number}", job.provider, job.shot, **given)

    def _take(self, id: str, rest: str) -> Take:
        """ "bytes", "bytes from job-1", or "bytes made then" of an answer that had no id."""
        digest, _, remote = rest.partition(" from ")
        digest, _, made = digest.partition(" made ")
        said = {"remote": remote, "made": made, "provider": "studio"}
        return Take(self.keys[id], digest or id[:8], "shot", ".mp4", Facts(4, Fraction(4)), **said)

    # Commands

    def _drawn(self, command: commands.Command) -> str:
        match command:
            case commands.Tell(event=event):
                step = getattr(event, "step", "").removeprefix("shot:")
                return f"tell {type(event).__name__} {step}".rstrip()
            case commands.Intend(id=id, number=number, bare=bare):
                return f"intend {self._name(id)} #{number}" + " bare" * bare
            case commands.Settle(attempt=attempt, take=take):
                return f"settle {attempt.shot} {take.digest}"
            case commands.Close(attempt=attempt, outcome=outcome, cost=cost):
                return f"close {attempt.shot} {outcome}" + ("" if cost is None else f" {cost}")
            case _:
                return f"{type(command).__name__.lower()} {self._name(command.id)}"


def _status(text: str) -> Pending | Ready | Dead:
    word, _, rest = text.partition(" ")
    match word:
        case "pending":
            return Pending(0.5, after=float(rest) if rest else None)
        case "odd":
            return Pending(note=f'unknown status "{rest}"', odd=True)
        case "ready":
            return Ready(Decimal(rest) if rest else None)
        case _:
            code, _, message = rest.partition(" ")
            return Dead(code, *_money(message))


def _money(text: str) -> tuple[str, Decimal | None]:
    """ "job-1 for 3": what the provider says it costs."""
    what, _, cost = text.partition(" for ")
    return what.rstrip(","), Decimal(cost) if cost else None


def attempt(key: str, shot: str, *, remote: str = "", cost: str = "4", taken: bool = False) -> Attempt:
    """An open attempt of an earlier run."""
    found = Attempt(key, f"old-{shot}", "studio", shot, cost=Decimal(cost), at="then")
    return replace(found, remote=remote, taken=taken)
