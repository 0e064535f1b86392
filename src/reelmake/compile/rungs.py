"""The rungs of `fallback:`: each is judged and lowered as the shot would be that had its words and its tier.

Knows nothing of which rung a shot is on: the journal says so, later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from reelmake.compile.given import Given, Rule
from reelmake.compile.lower import lower
from reelmake.compile.settle import Settled
from reelmake.diagnostics import Note, Report
from reelmake.model.order import Slate
from reelmake.model.storyboard import BED, SKETCH, Rung, Shot, Storyboard, Voice

GivenOf = Callable[[Storyboard], Given]

_AT_ITS_MAKER = ("remix", "extend")  # what starts from a clip that its provider still has


def with_rungs(
    given: Given, slates: Mapping[str, Slate], given_of: GivenOf, rules: tuple[Rule, ...], report: Report
) -> dict[str, Slate]:
    """The slates with those of their further rungs, in the author's order; what is wrong with a rung is reported."""
    board = given.board
    ladders = {shot.id: rungs for shot in given.generated if (rungs := _ladder(given, shot))}
    heard = {id: rungs for id in _heard(board) if (rungs := _of_tier(given, id))}
    found: dict[str, tuple[Slate, ...]] = {board.address(id): () for id in (*ladders, *heard)}
    for n in range(max(map(len, (*ladders.values(), *heard.values())), default=0)):
        there = {id: _on(board.named(id), rungs[n]) for id, rungs in ladders.items() if n < len(rungs)}
        shots, stills = ({id: there.get(id, shot) for id, shot in ids.items()} for ids in (board.shots, board.stills))
        other = replace(_heard_on(board, n), shots=shots, stills=stills)
        judged, of_rung = given_of(other), Report()
        for rule in rules:
            rule(judged, of_rung)
        report.add(d for d in of_rung.sorted() if d.severity == "error")
        _keep_what_starts_from_them(given, ladders, n, judged.settled, report)
        if not report.failed:
            lowered = lower(other, judged.settled, judged.images)
            for address in map(board.address, (*there, *(id for id, rungs in heard.items() if n < len(rungs)))):
                found[address] = (*found[address], lowered[address])
    return {address: replace(slate, rungs=found.get(address, ())) for address, slate in slates.items()}


def _ladder(given: Given, shot: Shot) -> tuple[Rung, ...]:
    """The shot's own, else its tier's."""
    return shot.fallback or _of_tier(given, shot.id)


def _of_tier(given: Given, id: str) -> tuple[Rung, ...]:
    tier = given.settled[id].tier
    return tier.fallback if tier is not None else ()


def _heard(board: Storyboard) -> list[str]:
    """Ids of lines and music, which have no ladders but those of their tiers."""
    music = board.sound.music
    return [*(line.id for line in board.lines), *([BED] if music is not None and music.prompt else [])]


def _heard_on(board: Storyboard, n: int) -> Storyboard:
    """With voices and music on the tiers of rung `n`; what a voice asks for beside its words is of one provider."""

    def rung(tier: str) -> str:
        ladder = board.tiers[tier].fallback if tier in board.tiers else ()
        return (ladder[n].tier if n < len(ladder) else "") or tier

    def on(voice: Voice) -> Voice:
        other = rung(voice.tier)
        return voice if other == voice.tier else replace(voice, tier=other, extras={})

    speech = rung(board.defaults.speech or board.defaults.tier or SKETCH)
    music = board.sound.music
    if music is not None and music.prompt and (other := rung(music.tier or board.defaults.tier)) != music.tier:
        music = replace(music, tier=other, extras={})
    return replace(
        board,
        voices={name: on(voice) for name, voice in board.voices.items()},
        defaults=replace(board.defaults, speech=speech),
        sound=replace(board.sound, music=music),
    )


def _on(shot: Shot, rung: Rung) -> Shot:
    """`extras` are of one provider: where another tier is named, its own are enough."""
    spans = {**shot.spans, **rung.spans}
    extras = {} if rung.tier else shot.extras
    words = rung.prompt or shot.prompt
    return replace(shot, prompt=words, tier=rung.tier or shot.tier, extras=extras, fallback=(), spans=spans)


def _keep_what_starts_from_them(
    given: Given, ladders: Mapping[str, tuple[Rung, ...]], n: int, settled: Mapping[str, Settled], report: Report
) -> None:
    """A clip that another provider made cannot be remixed or extended where its maker would have been."""
    for child in given.generated:
        if child.relation not in _AT_ITS_MAKER or n >= len(ladders.get(child.parent, ())):
            continue
        if child.tier or given.settled[child.id].if_gone in ("upload", "continue"):
            continue  # the rule of tiers that differ has judged it; or its clip is sent
        provider, other = given.settled[child.id].provider, settled[child.parent].provider
        kind = given.settled[child.id].kind
        if provider is None or other is None or provider.name == other.name or (kind is not None and kind.local):
            continue
        rung = ladders[child.parent][n]
        report.error(
            "RM570",
            f'"{child.id}" would {child.relation} a clip of {other.name}, and is ordered at {provider.name}',
            rung.spans.get("tier", rung.span),
            notes=[Note("it starts from the clip here", child.spans.get(child.relation, child.span))],
            hint=f"fall back to other words, or to a tier of {provider.name}",
        )
