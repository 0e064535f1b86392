"""Before anything is ordered: are the clips that remixes and extensions start from still at their providers?

Asks the providers where there are credentials, and follows `if_gone`. Knows nothing of how a run goes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from reelmake import catalog
from reelmake.errors import Gone, StepError, Unwilling
from reelmake.model.http import loopback, origin
from reelmake.model.remote import Dead
from reelmake.plan.sources import RemoteSource, marked, reason, refusal, sources, ways
from reelmake.prep.memory import GoneClips
from reelmake.session.choosing import another_take
from reelmake.session.project import Snapshot, look, plan
from reelmake.world import secrets
from reelmake.world.connection import connect, unbound

if TYPE_CHECKING:
    from reelmake.model.storyboard import ProviderSpec
    from reelmake.plan.decide import Plan
    from reelmake.ports import Provider

AT_ONCE = 8  # questions to one provider


async def settled(
    seen: Snapshot,
    found: Plan,
    wanted: Collection[str] | None,
    patience: float,
    *,
    strangers: bool = True,
    remake: bool = False,
) -> tuple[Snapshot, Plan, Unwilling | None]:
    """The plan as `if_gone` shapes it, and why it must not be carried out if a source is gone and the shot says stop.

    Asks for at most `patience` seconds; a provider that cannot be asked is believed to have what it had. `strangers`:
    may those be asked that no secret is sent to, and that are not of this machine? Nobody has bound them. Where shots
    say `regenerate`, the project wishes for another take of their source; nothing is written yet. `remake`: what was
    made before and is not here is to be ordered again.
    """
    again: set[str] = set()
    found = found.remade if remake else found
    while True:
        gone = [s for s in await _looked(seen, found, patience, strangers) if s.why]
        shots = {parent for s in gone for parent in _to_make_again(seen, s)} - again
        if not shots:
            break
        again |= shots
        seen = look(another_take(seen, sorted(shots), pick=True))
        found = plan(seen, wanted)
        found = found.remade if remake else found
    if not gone:
        return seen, found, None
    specs, kinds = seen.project.providers, catalog.kinds()
    able = {s.step.pool: kinds[specs[s.step.pool].kind].at(specs[s.step.pool].options) for s in gone}
    told = {s.step.id: ways(s, found, able[s.step.pool]) for s in gone}
    found = marked(found, {s.step.id: reason(s, told[s.step.id]) for s in gone})
    stops = [s for s in gone if s.step.order and s.step.order.if_gone in ("stop", "regenerate")]
    if not stops:
        return seen, found, None
    first = stops[0]
    slate = seen.layout.slates[first.step.shots[0]]
    place = slate.spans.get(slate.relation or "")  # where the shot says what it starts from
    return seen, found, refusal(first, told[first.step.id], place, len(stops) - 1)


async def _looked(seen: Snapshot, found: Plan, patience: float, strangers: bool) -> list[RemoteSource]:
    """Every source, with why it is gone if it is: known, said by the provider now, or said by it before."""
    bindings, gone_clips = seen.workspace.bindings, GoneClips(seen.workspace.notes)
    started_from = sources(found, seen.workspace.clock.utc(), ())
    open_ = {(s.take.provider, s.take.remote) for s in started_from if not s.why}
    answers: dict[tuple[str, str], bool] = {}
    for name in sorted({provider for provider, _ in open_}):
        spec = seen.project.providers[name]
        if (strangers or _known(spec)) and not secrets.lacks(spec) and not unbound([spec], bindings):
            remotes = sorted(remote for provider, remote in open_ if provider == name)
            said = await _ask(connect(spec, bindings), remotes, patience)
            answers |= {(name, remote): there for remote, there in said.items()}
    gone_clips.update(answers)
    gone = {pair for pair in gone_clips.known if pair in open_}
    return [
        replace(s, why=f"{s.take.provider} says so") if (s.take.provider, s.take.remote) in gone else s
        for s in started_from
    ]


def _known(spec: ProviderSpec) -> bool:
    """Is it bound by a key, on this machine, or no address at all?"""
    address = catalog.addressed(spec).base_url
    return bool(spec.api_key) or not address or loopback(origin(address))


async def _ask(provider: Provider, remotes: Sequence[str], patience: float) -> dict[str, bool]:
    """By id: is the clip there? What could not be asked is left out."""
    answers: dict[str, bool] = {}
    places = asyncio.Semaphore(AT_ONCE)

    async def ask(remote: str) -> None:
        async with places:
            try:
                status = await provider.poll(remote)
                answers[remote] = not (isinstance(status, Dead) and status.code == Gone.code)
            except Gone:
                answers[remote] = False
            except StepError:
                return

    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await asyncio.gather(*(ask(remote) for remote in remotes))
    finally:
        await provider.close()
    return answers


def _to_make_again(seen: Snapshot, source: RemoteSource) -> list[str]:
    """Addresses of the shots of which another take is needed, where the shot says so and nothing fixes its take."""
    job = source.step.order
    if job is None or job.if_gone != "regenerate":
        return []
    slates = seen.layout.slates
    parents = [slates[slates[shot].parent] for shot in source.step.shots if slates[shot].parent in slates]
    return [slate.shot for slate in parents if slate.orders and slate.pick is None]
