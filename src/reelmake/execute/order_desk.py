"""The paid road, one effect a function: intend, submit, find, poll, fetch, keep. Each writes its money line in time.

The order of lines here is the promise: intent on disk before the request, its answer on disk before anything else,
the result in the store before it is called kept. Knows nothing of limits, retries or what comes next.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import field, replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from reelmake.errors import Ambiguous, LocalTool, Unfit
from reelmake.model.http import sniff
from reelmake.model.medium import Medium, medium_of
from reelmake.model.order import Order
from reelmake.model.remote import HERE, Accepted, Content, Ready, Status, Submission
from reelmake.model.take import Attempt, Facts, SpokenWord, Take, Via
from reelmake.plan import commands
from reelmake.plan.ambiguity import asked, listed, same
from reelmake.plan.provider_queue import job_class
from reelmake.plan.tasks import ordered
from reelmake.ports import Provider, Tell, World
from reelmake.records import dataclass
from reelmake.scratch import discard

ROUNDED = Fraction(1, 4)  # seconds by which a word may end after the sound: times are told roughly


def new_token(key: str) -> str:
    return f"{key[:16]}-{uuid.uuid4().hex[:16]}"


@dataclass(frozen=True)
class OrderDesk:
    """Where orders are placed: the providers by name, the world with its journal and store, and where providers are."""

    providers: Mapping[str, Provider]
    world: World
    origins: Mapping[str, str] = field(default_factory=dict)
    _sending: dict[str, tuple[Attempt, asyncio.Event]] = field(default_factory=dict)  # requests out, until answered
    _answers: dict[str, str] = field(default_factory=dict)  # token -> id: also those that could not be written down
    _searching: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def their_time(self, provider: str) -> str:
        """UTC by a provider's own clock; "" = it is not known."""
        ask = getattr(self.providers[provider], "clock", None)  # plug-ins of earlier versions have none
        now = await ask() if ask else None
        return "" if now is None else datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")

    def intend(self, order: commands.Intend, via: Via = "", theirs: str = "") -> Attempt:
        """Writes the intent. Raises LocalTool if that fails: then nothing was sent and nothing may be.

        `via`: what is sent of the clip that it changes or lengthens, instead of its id. `theirs`: the provider's time.
        """
        job = ordered(order.step)
        attempt = Attempt(
            key=order.key,
            token=order.token or new_token(order.key),
            provider=job.provider,
            shot=job.shot,
            cost=job.cost,
            at=self.world.clock.utc(),
            number=order.number,
            order=asked(sent_as(job, via)),
            suffix=order.step.work.suffix,
            manifest=order.manifest,
            via=via,
            theirs=theirs,
            origin=self.origins.get(job.provider, ""),
        )
        self.world.journal.intend(attempt)
        return attempt

    async def submit(self, order: commands.Submit, inputs: Mapping[str, Path], source: str) -> Accepted:
        """One paid request; `sent` must be called with its answer before anything else is done or awaited.

        `source`: the take that it changes or lengthens, as its provider calls it; "" = send the clip instead.
        """
        job, attempt = ordered(order.step), order.attempt
        _, over = self._sending[attempt.token] = attempt, asyncio.Event()
        try:
            asked = Submission(sent_as(job, attempt.via), inputs, attempt.token, source, _seed(job, attempt))
            accepted = await self.providers[attempt.provider].submit(asked)
            if accepted.remote:
                self._answers[attempt.token] = accepted.remote
            elif accepted.content is None:
                raise Ambiguous("it accepted the order but gave it no id", taken=True)
            return accepted
        except Ambiguous as error:
            if error.taken:
                with suppress(LocalTool):  # if it cannot be written, this run knows it all the same
                    self.world.journal.submitted(attempt.token, "")
            raise
        finally:
            del self._sending[attempt.token]
            over.set()

    def sent(self, attempt: Attempt, accepted: Accepted) -> None:
        """Writes the answer. If that fails (a full disk) the job is followed all the same, and should this run die too,
        the intent is on disk and the next run asks the provider. A result that came with it is on disk first: who sent
        it has no copy."""
        if accepted.content is not None:
            with suppress(LocalTool):  # then it is kept in memory, as long as this run lives
                self.world.store.answers.set_aside(attempt.token, accepted.content)
        self.world.journal.submitted(attempt.token, accepted.remote, accepted.cost)

    async def find(self, attempt: Attempt) -> str | None:
        """The provider's id of an order whose answer was lost, None if it is not there. Raises Ambiguous if who can
        say: another order like it may be the one that is there.

        Orders for several takes of a shot are all the same to a provider. So nothing is looked for while one like it
        is being sent, and a job is ours only if there are no more of them than orders of ours without an answer. Which
        of those then gets which job does not matter, if they are for the same thing; plan/ambiguity.py sees to that.
        """
        if not attempt.remote and self.world.store.answers.find(attempt.token) is not None:
            self.world.journal.submitted(attempt.token, aside := f"{HERE}{attempt.token}")
            return aside
        async with self._searching:
            while True:
                while alike := self._alike(attempt):
                    await alike[0].wait()
                found = await self._perhaps(attempt)
                if not self._alike(attempt):
                    break  # else: one like it was begun meanwhile, and may be among them
            known = self._known()
            candidates = [remote for remote in dict.fromkeys(found) if remote not in known]
            if not candidates:
                return None
            lost = [a for a in self.world.journal.open() if not a.remote and a.token not in self._answers]
            ours = [a for a in lost if _like(attempt, a)]
            if len(candidates) > len(ours) or not all(same(attempt.manifest, a.manifest) for a in ours):
                raise Ambiguous(f"{len(candidates)} jobs there look like this order", jobs=candidates)
            self._answers[attempt.token] = candidates[0]
            self.world.journal.submitted(attempt.token, candidates[0])
            return candidates[0]

    def lag(self, attempt: Attempt) -> float | None:
        """Seconds after which the provider's list has an order that it took; None = nobody says."""
        return getattr(self.providers[attempt.provider], "lag", None)  # plug-ins of earlier versions have none

    async def _perhaps(self, attempt: Attempt) -> tuple[str, ...]:
        """What the provider finds. Where it is not sure, but every job it doubts is known, nothing of ours is there."""
        try:
            return await self.providers[attempt.provider].find(attempt)
        except Ambiguous as error:
            if error.jobs and self._known().issuperset(error.jobs):
                return ()
            raise

    def _known(self) -> set[str]:
        return self.world.journal.remotes() | set(self._answers.values())

    def _alike(self, attempt: Attempt) -> list[asyncio.Event]:
        """Of the orders like it that are being sent: when each is over."""
        return [over for other, over in self._sending.values() if _like(attempt, other)]

    async def poll(self, attempt: Attempt) -> Status:
        if self.world.store.answers.find(attempt.token) is not None:
            return Ready()
        return await self.providers[attempt.provider].poll(attempt.remote)

    async def fetch(self, attempt: Attempt, content: Content | None, tell: Tell) -> tuple[Path, Facts]:
        """The whole result in a scratch file, decoded once. `content`: it came with the answer; None = it was set aside
        then, or it is loaded. Raises LocalTool if it is not whole, Unfit if it cannot be loaded again."""
        content = content or self.world.store.answers.find(attempt.token)
        medium, into = medium_of(attempt.manifest), self.world.store.scratch(attempt.suffix)
        try:
            if content is None:
                await self.providers[attempt.provider].fetch(attempt.remote, into, tell, _most(attempt))
            else:
                await asyncio.to_thread(_write, into, content.data)
            into = _called_by_content(into, medium)
            return into, await self._examined(into, medium, content)
        except BaseException:
            discard(into)
            raise

    async def _examined(self, file: Path, medium: Medium, content: Content | None) -> Facts:
        """Raises LocalTool for what may be better when it is loaded again, Unfit for what cannot be."""
        if content is None:
            return await self.world.media.examine(file, medium.name)
        try:
            return _with_words(await self.world.media.examine(file, medium.name), content.words)
        except LocalTool as error:
            raise Unfit(str(error).replace(file.name, "it")) from error

    def take(self, command: commands.Keep) -> Take:
        """The record of a fetched result, its digest still open."""
        attempt = command.attempt
        return Take(
            key=attempt.key,
            digest="",
            kind=medium_of(attempt.manifest).kind,
            suffix=command.file.suffix,
            facts=command.facts,
            manifest=attempt.manifest,
            cost=command.cost,
            provider=attempt.provider,
            model=dict(attempt.manifest).get("model", ""),
            remote="" if attempt.remote.startswith(HERE) else attempt.remote,
            made=self.world.clock.utc(),
            took=command.took,
            expires=command.expires,
            via=attempt.via,
            origin=self._made_at(attempt),
        )

    def _made_at(self, attempt: Attempt) -> str:
        """Where it was ordered, and where it is fetched, if its provider has another address by now: what either of
        them says is in the result. One that came with its answer is fetched nowhere."""
        now = "" if attempt.remote.startswith(HERE) else self.origins.get(attempt.provider, "")
        return " and ".join(dict.fromkeys(filter(None, (attempt.origin, now))))

    def kept(self, attempt: Attempt, take: Take, cost: Decimal | None) -> None:
        self.world.journal.kept(attempt.token, attempt.key, take.digest, cost)
        self.world.store.answers.drop(attempt.token)


def _write(into: Path, content: bytes) -> None:
    try:
        into.write_bytes(content)
    except OSError as error:
        raise LocalTool(f"cannot write what was answered: {error.strerror or error}") from error


def _called_by_content(file: Path, medium: Medium) -> Path:
    """The same file, with the ending that its bytes have: a still may come as PNG or as WebP, whatever was asked."""
    if len(medium.suffixes) > 1:
        with file.open("rb") as begin:
            suffix = f".{sniff(begin.read(32))[1]}"
        if suffix in medium.suffixes and suffix != file.suffix:
            return file.rename(file.with_suffix(suffix))
    return file


def _with_words(facts: Facts, words: tuple[SpokenWord, ...]) -> Facts:
    """With when its words are said, as far as that can be true of a sound of this length."""
    length = facts.seconds
    if not words or length is None:
        return facts
    if words[-1].begin >= length or words[-1].end > length + ROUNDED:
        said = "when its words are said is not known: the provider's times go beyond the end of its sound"
        return replace(facts, notes=(*facts.notes, said))
    return replace(facts, words=tuple(replace(word, end=min(word.end, length)) for word in words))


def _most(attempt: Attempt) -> int:
    """How many bytes what was ordered can have: beyond that nobody sends it."""
    medium = medium_of(attempt.manifest)
    return int(max(medium.largest, medium.a_second * job_class(attempt.manifest).seconds))


def sent_as(job: Order, via: Via) -> Order:
    """The order as the provider gets it: without its source, a remix is a new clip that starts from a picture."""
    return replace(job, operation="generate") if via == "continue" else job


def _seed(job: Order, attempt: Attempt) -> int:
    """The same order gives the same seed, and another take another."""
    return job.seed if job.seed is not None else int(attempt.key[:8], 16) % 2**31


def _like(one: Attempt, other: Attempt) -> bool:
    """Could a provider's list take the one order for the other?"""
    return listed(one.provider, one.order) == listed(other.provider, other.order)
