"""What goes wrong on the paid road, and what each means for the money: the outcomes of an order.

    not sent      the request certainly was not taken: free, and sent again a few times
    no answer     nobody knows: looked for at the provider, never sent again before it is certain that it is not there
    refused       a bad parameter, a prompt, no credit, no access: free, not sent again; the last two stop the provider
    source gone   free; ordered without it where the shot says how (`if_gone`), else not made
    moderated     the finished clip was refused: maybe charged; ordered again as often as `retry_moderation` says
    failed, gone  maybe charged, or what the provider says; not ordered again
    not seen through   a poll or a download that fails says nothing about the job: it stays open for the next run

The second part of the state machine; knows nothing of how things go well.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping

from reelmake import errors
from reelmake.model import events
from reelmake.model.take import Attempt
from reelmake.plan import commands, refusals
from reelmake.plan.ambiguity import Ambiguity
from reelmake.plan.budget import Budget
from reelmake.plan.errands import Errands
from reelmake.plan.key_task import KeyTask, State
from reelmake.plan.provider_queue import ARRIVED, PATIENCE, ProviderQueue, rest
from reelmake.plan.waitlist import Waitlist
from reelmake.ports import Dead

SAID = 4  # times in a row that a job cannot be asked about; then people hear of it, once
BELIEVED = 6  # times in a row, in one to two minutes, that a job or its clip is not there; then it is gone

_BY_CODE: Mapping[str, type[errors.StepError]] = {
    c.code: c
    for c in (errors.Refused, errors.Moderated, errors.NoCredit, errors.NoAccess, errors.Gone, errors.LocalTool)
}


class Setbacks(Errands):
    """`moderated`: by key, how many clips of it were refused after they were made, in earlier runs."""

    def __init__(
        self,
        waitlist: Waitlist,
        origin: float,
        lanes: Mapping[str, ProviderQueue],
        purse: Budget,
        moderated: Mapping[str, int],
    ) -> None:
        super().__init__(waitlist, origin)
        self._lanes, self._purse = lanes, purse
        self._moderated = Counter(moderated)
        self._lookalikes = Ambiguity()

    @abstractmethod
    def _queue(self, making: KeyTask) -> None:
        """The key must be made: finds the place to wait in."""

    # Before the provider has it

    def _not_sent(self, making: KeyTask, error: errors.StepError) -> None:
        lane, attempt = making.lane, making.attempt
        assert lane
        assert attempt
        if isinstance(error, errors.Ambiguous) or type(error) is errors.StepError:
            lane.answered(self._now, accepted=None)
            self._heard(making)
            lane.held_up(self._now + rest(making.key, lane.trouble + 1))
            making.state, making.tries, making.sent, making.sought = State.FINDING, 0, self._now, self._now
            if isinstance(error, errors.Ambiguous):
                making.slow, making.taken = error.slow, error.taken
            said = f"{error}; it is looked for there before anything is sent again"
            self._tell(events.StepRetrying(self._at, making.name, ARRIVED, said, making.orders))
            self._wait(making, ARRIVED)
            return
        never = isinstance(error, errors.Transient | errors.LocalTool)
        self._unsent(making, "not-sent" if never else "refused", str(error))
        if isinstance(error, errors.NoCredit | errors.NoAccess):
            self._shut(lane, refusals.advised(error, attempt.shot, attempt.provider))
        if isinstance(error, errors.Gone) and not attempt.via and self._goes_without(making):
            self._tell(events.StepRetrying(self._at, making.name, 0.0, refusals.goes_without(making.step), 1))
            self._queue(making)
        elif isinstance(error, errors.Transient):
            self._later(making, lane, error)
        elif isinstance(error, errors.Gone) and making.step:
            self._give_up(making, refusals.source_gone(making.step, str(error)))
        else:
            self._refused(making, error)

    def _refused(self, making: KeyTask, error: errors.StepError) -> None:
        """It is not ordered, for a reason that waiting does not change."""
        job = making.step.order if making.step else None
        self._give_up(making, refusals.advised(error, job.shot, job.provider) if job else error)

    def _later(self, making: KeyTask, lane: ProviderQueue, error: errors.Transient) -> None:
        wait = rest(making.key, lane.trouble + 1, error.after)
        lane.held_up(self._now + wait)
        if self._once_more(making, error, wait):
            making.state = State.QUEUED
            lane.join((making.rank[0] + 1e9 * making.tries, making.rank[1]), making.id)  # behind those who did not try
        else:
            self._refused(making, error)

    def _goes_without(self, making: KeyTask) -> bool:
        """Its source is gone, which nobody knew: does the shot say how it is ordered all the same?"""
        job = making.step.order if making.step else None
        making.bare = job is not None and job.operation != "generate" and job.if_gone in ("upload", "continue")
        return making.bare

    def _shut(self, lane: ProviderQueue, error: errors.StepError) -> None:
        """Nothing more is sent there in this run; what flies is followed."""
        lane.shut = error
        for id in lane.clear():
            self._give_up(self._makings[id], error)

    def _unsent(self, making: KeyTask, outcome: str, message: str) -> None:
        """Nothing was accepted: the place and the money are free again, and the journal says so."""
        assert making.lane
        making.lane.answered(self._now, accepted=False)
        self._purse.release(making.id)
        if making.attempt and outcome:
            self._out.append(commands.Close(making.attempt, outcome, message))
        making.attempt = None
        self._leave(making)
        self._answered(making)

    def _not_found(self, making: KeyTask, error: errors.StepError) -> None:
        assert making.attempt
        if isinstance(error, errors.Transient) and self._rests(making, error):
            return
        self._landed(making)
        if isinstance(error, errors.Ambiguous | errors.Transient) or type(error) is errors.StepError:
            jobs = error.jobs if isinstance(error, errors.Ambiguous) else ()
            error = refusals.unclear(making.attempt, str(error), jobs)
        self._give_up(making, error)

    # While the provider has it

    def _not_polled(self, making: KeyTask, error: errors.StepError) -> None:
        """A poll that failed says nothing about the job; only a repeated "gone" does."""
        assert making.attempt
        making.tries += 1
        if making.tries == 1:
            making.since = self._now
        if self._missing(making, error):
            why = refusals.irretrievable if making.again else refusals.forgotten
            self._lost(making, making.attempt, error, why(making.attempt, str(error)))
        elif isinstance(error, errors.Gone):
            self._wait(making, _gone_rest(making))
        elif isinstance(error, errors.Transient) and self._now - making.since < PATIENCE:
            if making.tries == SAID:
                self._tell(events.Warned(self._at, making.name, making.attempt.shot, refusals.unasked(error)))
            self._wait(making, rest(making.key, making.tries, error.after))
        else:
            self._landed(making)
            self._give_up(making, refusals.still_there(making.attempt, str(error), type(error)))

    def _not_fetched(self, making: KeyTask, error: errors.StepError) -> None:
        assert making.attempt
        if self._missing(making, error):
            why = refusals.irretrievable if making.again else refusals.empty
            self._lost(making, making.attempt, error, why(making.attempt, str(error)))
        elif isinstance(error, errors.Gone):
            wait = _gone_rest(making)
            self._tell(events.StepRetrying(self._at, making.name, wait, str(error), making.gone))
            self._wait(making, wait)
        elif not _worth_a_try(error) or not self._rests(making, error):
            kind = type(error)
            told = refusals.unusable if kind is errors.LocalTool else refusals.still_there
            self._give_up(making, told(making.attempt, str(error), kind))

    def _not_kept(self, making: KeyTask, error: errors.StepError) -> None:
        """The clip is at the provider and the attempt open: the next run fetches it again."""
        assert making.attempt
        self._give_up(making, refusals.still_there(making.attempt, str(error), type(error)))

    def _missing(self, making: KeyTask, error: errors.StepError) -> bool:
        """Has the provider said often enough, and nothing else in between, that it is not there?"""
        making.gone = making.gone + 1 if isinstance(error, errors.Gone) else 0
        return making.gone >= BELIEVED

    # When it has ended there

    def _dead(self, making: KeyTask, attempt: Attempt, status: Dead) -> None:
        kind = _BY_CODE.get(status.code, errors.StepError)
        outcome = "moderated" if kind is errors.Moderated else "refused" if kind is errors.Refused else "failed"
        self._out.append(commands.Close(attempt, outcome, status.message, status.cost))
        self._landed(making)
        charged = making.owed if status.cost is None else status.cost
        self._purse.risk(making.id, charged)
        if kind is errors.NoCredit and making.lane:
            self._shut(making.lane, refusals.died(attempt, kind, status, charged))
        if kind is errors.Moderated and self._may_try_again(making):
            why = refusals.moderated_once(status, charged, self._moderated[making.key])
            self._tell(events.StepRetrying(self._at, making.name, 0.0, why, self._moderated[making.key]))
            making.attempt = None
            self._queue(making)
        else:
            self._give_up(making, refusals.died(attempt, kind, status, charged))

    def _may_try_again(self, making: KeyTask) -> bool:
        """Counts this clip with those of earlier runs, and looks into the purse."""
        self._moderated[making.key] += 1
        step = making.step
        if step is None or step.order is None or not making.waiting:
            return False
        return self._moderated[making.key] <= step.order.retry_moderation and self._purse.refusal(step) is None

    def _lost(self, making: KeyTask, attempt: Attempt, heard: errors.StepError, error: errors.StepError) -> None:
        """Paid for, perhaps, and no longer there."""
        self._out.append(commands.Close(attempt, "failed", str(heard)))
        if making.state is State.SUBMITTED:
            self._landed(making)
        self._purse.risk(making.id, making.owed)
        self._give_up(making, error)

    def _answered(self, making: KeyTask) -> None:
        """It is known what became of its order: orders that look like it may go now."""
        for id in self._lookalikes.answered(making.id):
            if id in self._makings:
                self._queue(self._makings[id])

    def _drop(self, making: KeyTask) -> None:
        super()._drop(making)
        self._answered(making)

    def _landed(self, making: KeyTask) -> None:
        if making.lane:
            making.lane.landed()
        self._leave(making)

    # Places that other projects share

    def _heard(self, making: KeyTask) -> None:
        if making.lane and making.lane.gate and making.token:
            self._out.append(commands.Answered(making.lane.gate, making.token))

    def _leave(self, making: KeyTask) -> None:
        if making.lane and making.lane.gate and making.token:
            self._out.append(commands.Leave(making.lane.gate, making.token))
        making.token = ""


def _worth_a_try(error: errors.StepError) -> bool:
    return isinstance(error, errors.Transient | errors.LocalTool) and not isinstance(
        error, errors.Astray | errors.Endless
    )


def _gone_rest(making: KeyTask) -> float:
    """Seconds before a provider that says "not there" is asked again: six times within one to two minutes."""
    return rest(making.key, making.gone + 2)
