"""Sharing: what the lock file names is pushed to where the project shares its takes. What is known to be there is
remembered, so that nobody is asked twice; a push that fails is made up for by the next one.

Knows nothing of what is built, and of how anything is shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from reelmake.errors import Damaged, Gone, LocalTool, Mistake, StepError, Unwilling
from reelmake.model.events import Pushing
from reelmake.records import dataclass
from reelmake.scratch import discard
from reelmake.world.bindings import VARIABLE as KEYS
from reelmake.world.shared_store import VARIABLE

if TYPE_CHECKING:
    from reelmake.model.offer import Offer, Put
    from reelmake.model.signer import Signers
    from reelmake.model.take import Take
    from reelmake.plan.result import Result
    from reelmake.ports import Look, SharedStore
    from reelmake.session.project import Project
    from reelmake.session.run import BuildRun
    from reelmake.session.workspace import Workspace
    from reelmake.world.shared_store import Remote

SHARED = "shared.json"  # the note of what is known to be there: by its address, digests by key
UNSIGNED = "unsigned.json"  # the note that this was told
AT_ONCE = 8
NAMED = 5  # takes that a sentence names


@dataclass(frozen=True, slots=True)
class Pushed:
    """`new`: takes that were not there before. `signed`: those that were, and have a signature more. `left`: those that
    are not there now, and `why`. `apart`: what is to be told of those that are not signed because of where they were
    made."""

    new: int = 0
    signed: int = 0
    left: int = 0
    why: str = ""
    apart: str = ""


def takes_here(workspace: Workspace, *, every: bool = False) -> list[Take]:
    """Of all that the lock file names, what is here: also what is free, for `--locked` makes nothing. `every`: all that
    was ordered once, whether it is named or not."""
    store = workspace.store
    if every:
        return [take for take in store.takes() if take.provider and store.there(take.key)]
    return _here(workspace, workspace.picks.made())


def _here(workspace: Workspace, made: Mapping[str, Collection[str]]) -> list[Take]:
    takes = filter(None, map(workspace.store.record, sorted(made)))
    return [take for take in takes if take.digest in made[take.key] and workspace.store.there(take.key)]


def shared_store(workspace: Workspace) -> SharedStore | None:
    """Where takes may be pushed from here; None = nowhere."""
    shelf = workspace.remote.shelf if workspace.remote else None
    return cast("SharedStore", shelf) if getattr(shelf, "writes", False) else None


def writable(workspace: Workspace) -> None:
    """Raises Mistake if takes are shared nowhere, and Unwilling if nothing may be pushed there from here."""
    remote = _remote(workspace)
    if not remote.allowed:
        raise _not_allowed(remote)
    if not shared_store(workspace):
        read = remote.name.startswith(("https:", "file:"))
        why = "is only read" if read else "cannot be pushed to: the environment has no credentials for it"
        raise Unwilling(f"{remote.name} {why}", code="RM973")


def _remote(workspace: Workspace) -> Remote:
    if workspace.remote is None:
        hint = f"add `cache: {{remote: s3://bucket/prefix}}` to the storyboard, or set {VARIABLE}"
        if workspace.alone:
            raise Mistake.of("RM971", "--offline leaves the shared store alone", hint="run it without --offline")
        raise Mistake.of("RM971", "this project shares its takes nowhere", hint=hint)
    return workspace.remote


def _not_allowed(remote: Remote) -> Unwilling:
    said = f"{remote.name} is not yet allowed on this machine: name it in {VARIABLE}, or run this on a terminal"
    return Unwilling(said, code="RM972", next_steps=(f"export {VARIABLE}={remote.name}",))


def _unshared(workspace: Workspace, brought: Collection[str]) -> list[Take]:
    """What the lock file names and is here, and is not known to be there. `brought`: keys of what came from there."""
    made = workspace.picks.made()
    note(workspace, _here(workspace, {key: made[key] for key in brought if key in made}))
    there = _known(workspace)
    return _here(workspace, {key: digests for key, digests in made.items() if there.get(key) not in digests})


async def shared(run: BuildRun, result: Result) -> Result:
    """What a build ends with, after it has pushed what the lock file names, as far as it may."""
    workspace, project = run.workspace, run.seen.project
    remote, form = workspace.remote, workspace.overrides
    if remote is None or workspace.cache.push == "never" or form.offline or form.loose or result.interrupted:
        return result
    if not remote.allowed and not remote.silent and result.generated:
        run.warn(f"nothing is pushed to {remote.name}, which is not yet allowed: set {VARIABLE}={remote.name}")
    if not shared_store(workspace):
        return result
    if not (takes := _unshared(workspace, result.brought)):
        return result
    task = asyncio.ensure_future(push(project, takes, lambda done: run.listen(_pushing(run, done, len(takes)))))
    loop = asyncio.get_running_loop()
    heedless = run.stop.heed(lambda: loop.call_soon_threadsafe(task.cancel))
    try:
        pushed = await task
    except asyncio.CancelledError:
        if not run.stop.count:
            raise
        return replace(result, interrupted=True)
    finally:
        heedless()
    if pushed.new and (said := unsigned(workspace, project.script.trusted)):
        run.warn(said)
    if pushed.apart:
        run.warn(pushed.apart)
    if pushed.why:
        run.warn(f"{not_pushed(workspace, pushed)}; the next build pushes what is left")
    return replace(result, pushed=pushed.new, unpushed=pushed.left)


def unsigned(workspace: Workspace, trusted: Signers) -> str:
    """What is to be told, once, of a push without a key where others look for signatures; "" = nothing."""
    from reelmake.store import signing

    if not trusted or signing.own() or workspace.notes.read(UNSIGNED):
        return ""
    workspace.notes.write(UNSIGNED, {"told": True})
    hint = f"{signing.VARIABLE} names the SSH key to sign with"
    return f"what is pushed is not signed, so only those use it whose lock file names it: {hint}"


def not_pushed(workspace: Workspace, pushed: Pushed) -> str:
    """For people: "2 takes were not pushed to s3://films/park: it answers 503"."""
    them = f"{pushed.left} take{'s were' if pushed.left != 1 else ' was'}"
    return f"{them} not pushed to {workspace.remote.name if workspace.remote else ''}: {pushed.why}"


def _pushing(run: BuildRun, done: int, total: int) -> Pushing:
    return Pushing(run.elapsed, done, total, run.workspace.remote.name if run.workspace.remote else "")


async def push(project: Project, takes: Sequence[Take], tell: Callable[[int], None], *, again: bool = False) -> Pushed:
    """Pushes takes, several at once, signed if there is a key and they were made here, by this machine or where its
    owner lets providers be asked: what was brought is as true as whoever gave it to us, and neither a pin of somebody's
    branch nor what a server of his made must become our word. What is damaged here is left out; any other failure ends
    it: what is left is for the next one. `tell`: of how many are there. `again`: bytes are sent whatever is there."""
    from reelmake.plan import origins
    from reelmake.store import entry, signing
    from reelmake.world.connection import vouched

    workspace = project.workspace
    store = shared_store(workspace)
    if store is None:
        raise RuntimeError("bug: nothing can be pushed from here")
    offers = [entry.offered(take) for take in takes]
    done: dict[int, Put] = {}
    places, why, apart = asyncio.Semaphore(AT_ONCE), "", ""
    scratch = workspace.store.scratch("")

    async def one(number: int) -> None:
        nonlocal why
        async with places:
            try:
                done[number] = await store.put(offers[number], workspace.store.path(takes[number]), again=again)
            except Damaged as error:
                why = str(error)
                return
            tell(len(done))

    tasks: list[asyncio.Task[None]] = []
    try:
        tell(0)
        if key := signing.own():
            ours = {"", *vouched(project.providers.values(), workspace.bindings)}
            others = [take for take in takes if take.origin not in ours]
            apart = origins.unsigned(others, workspace.picks.records(), KEYS) if others else ""
            made = [entry.offered(take) for take in takes if not take.by and take.origin in ours]
            signed = {offer.take.key: offer for offer in key.sign(made, scratch)}
            offers = [signed.get(offer.take.key, offer) for offer in offers]
        tasks = [asyncio.ensure_future(one(number)) for number in range(len(takes))]
        await asyncio.gather(*tasks)
    except StepError as error:
        why = str(error)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        note(workspace, [takes[number] for number in done])
        discard(scratch)
    did = list(done.values())
    return Pushed(did.count("new"), did.count("signed"), len(takes) - len(done), why, apart)


def _known(workspace: Workspace) -> Mapping[str, str]:
    name = workspace.remote.name if workspace.remote else ""
    noted = workspace.notes.read(SHARED).get(name)
    return {key: said for key, said in noted.items() if isinstance(said, str)} if isinstance(noted, dict) else {}


def note(workspace: Workspace, takes: Sequence[Take]) -> None:
    """These are there."""
    if workspace.remote and takes:
        there = {**_known(workspace), **{take.key: take.digest for take in takes}}
        workspace.notes.write(SHARED, {**workspace.notes.read(SHARED), workspace.remote.name: there})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of what the lock file names: `takes` that are elsewhere; how many are `here`, and `absent` everywhere; `unasked`:
    why that may not be all."""

    takes: Sequence[Take]
    here: int
    absent: int
    unasked: Sequence[str]


def copies(workspace: Workspace, takes: Collection[Take]) -> set[str]:
    """Keys of those of these takes that can be brought again whoever signed them: the lock file names them. Raises
    Mistake."""
    made = workspace.picks.made()
    return workspace.store.copies([take for take in takes if take.digest in made.get(take.key, ())])


def wanted(workspace: Workspace, trusted: Signers) -> Wanted:
    """Raises Mistake if takes are shared nowhere."""
    _remote(workspace)
    store, made = workspace.store, workspace.picks.made()
    store.believe(made, trusted)
    store.ask_anew()
    here = sum(store.find(key) is not None for key in made)
    found = store.elsewhere(made)
    unasked = tuple(f"{name} is left out: {why}" for name, why in store.troubles.items())
    return Wanted(tuple(found.values()), here, len(made) - here - len(found), unasked)


async def pull(workspace: Workspace, takes: Sequence[Take], tell: Callable[[int], None]) -> list[tuple[Take, str]]:
    """Brings takes; those that could not be brought, and why. `tell`: how many are here. Raises LocalTool for what is
    wrong with this machine."""
    done = 0

    async def one(take: Take) -> str:
        nonlocal done
        try:
            await workspace.store.bring(take, lambda part, said: None, _listening(take))
        except LocalTool:
            raise
        except StepError as error:
            return str(error)
        done += 1
        tell(done)
        return ""

    said = await asyncio.gather(*map(one, takes))
    note(workspace, [take for take, why in zip(takes, said, strict=True) if not why])
    return [(take, why) for take, why in zip(takes, said, strict=True) if why]


def _listening(take: Take) -> Look | None:
    """How a sound is listened to: how long it is decides what is ordered later, and another shelf may say anything."""
    from reelmake.model.medium import CLIP, STILL, medium_of

    medium = medium_of(take.manifest)
    if medium in (CLIP, STILL):
        return None
    from reelmake.media.examine import examine  # heavy
    from reelmake.media.readers import ask

    return lambda file: asyncio.to_thread(ask, examine, file, medium.name)


def entries(workspace: Workspace) -> Mapping[str, Offer | None]:
    """All that is shared, by the names of entries; None = one cannot be read. Raises Mistake, Unwilling, StepError."""
    remote = _remote(workspace)
    if remote.name.startswith("https:"):
        raise Unwilling(f"{remote.name} cannot be listed: a web server has no list of what it has", code="RM974")
    if not hasattr(remote.shelf, "entries"):
        another = Unwilling(f"{remote.name} is another project: list it there", code="RM974")
        raise another if remote.allowed else _not_allowed(remote)
    try:
        return asyncio.run(cast("SharedStore", remote.shelf).entries())
    except StepError as error:
        raise StepError(f"{remote.name} cannot be listed: {error}", code=error.code) from None


async def damaged(
    workspace: Workspace, found: Mapping[str, Offer | None], tell: Callable[[int], None]
) -> dict[str, str]:
    """By the name of an entry, what is the matter with it or its bytes. Everything is fetched. Raises LocalTool."""
    from reelmake.plan.key import digest
    from reelmake.store import entry

    places, done = asyncio.Semaphore(AT_ONCE), 0
    shelf = _remote(workspace).shelf

    async def one(name: str, offer: Offer | None) -> str:
        nonlocal done
        async with places:
            done += 1
            tell(done)
            if offer is None:
                return "it cannot be read"
            if name != entry.entry_of(offer.take) or digest(offer.take.manifest) != offer.take.key:
                return "it is of another take"
            into = workspace.store.scratch(offer.take.suffix)
            try:
                came = await shelf.fetch(offer.take, into, lambda part, said: None)
                return "" if came == offer.take.digest else "its bytes are others"
            except Gone as error:
                return f"its bytes: {error}"
            finally:
                discard(into)

    said = await asyncio.gather(*(one(name, offer) for name, offer in found.items()))
    return {name: why for name, why in zip(found, said, strict=True) if why}
