"""What holds for each shot once tiers, defaults, built-in values and parents have had their say; for lines and music.

Follows parents without recursion, so chains may be as long as they like. References that lead nowhere leave None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from reelmake.compile.models import lookup
from reelmake.model.cut_entries import CutEntry
from reelmake.model.frame import Size
from reelmake.model.order import CHANGES, IfGone, Relation
from reelmake.model.provider import Capabilities, Model
from reelmake.model.speech import estimate
from reelmake.model.storyboard import BED, SKETCH, Music, ProviderSpec, Shot, SpokenLine, Storyboard, Tier
from reelmake.records import dataclass

Trim = tuple[Fraction, Fraction | None]
SIZE = Size(1280, 720)
SECONDS = Fraction(4)


@dataclass(frozen=True, slots=True)
class Settled:
    """`seconds` is what is asked for; `length` what the clip then lasts, None for footage, or the still is seen.

    `called` is the provider's name of the model; `model` what is known of it, None = nothing.
    `if_gone`: what is said, as far as it is possible. `auto`: what is said in it decides how long it is, and both are a
    guess until that is measured.
    """

    tier: Tier | None
    provider: ProviderSpec | None
    kind: Capabilities | None
    size: Size
    seconds: Fraction
    length: Fraction | None
    takes: int
    called: str = ""
    model: Model | None = None
    if_gone: IfGone = "stop"
    auto: bool = False

    @property
    def maker(self) -> tuple[Tier, ProviderSpec, Capabilities]:
        """Who makes it, of a shot that passed every check. Raises ValueError for others."""
        if self.tier is None or self.provider is None or self.kind is None:
            raise ValueError("a shot that has not been checked")
        return self.tier, self.provider, self.kind


Known = Mapping[str, Mapping[str, Model]]
"""What is known of the models of each provider, by the names of both."""


def settle(board: Storyboard, kinds: Mapping[str, Capabilities], models: Known) -> dict[str, Settled]:
    """Every shot and still of a board by id, every line that is said, and music from a prompt. Shots in a cycle are
    settled as if the last reference were not there."""
    settled: dict[str, Settled] = {}
    pictured = board.pictured
    for start in pictured.values():
        chain: dict[str, Shot] = {}
        shot: Shot | None = start
        while shot is not None and shot.id not in settled and shot.id not in chain:
            chain[shot.id] = shot
            shot = pictured.get(shot.parent)
        for shot in reversed(chain.values()):
            parent = settled.get(shot.parent) if pictured.get(shot.parent, shot).medium == shot.medium else None
            settled[shot.id] = _settle(shot, parent, board, kinds, models)
    settled |= {line.id: _line(line, board, kinds, models) for line in board.lines}
    music = board.sound.music
    return {**settled, BED: _bed(music, board, kinds, models)} if music is not None and music.prompt else settled


def _line(line: SpokenLine, board: Storyboard, kinds: Mapping[str, Capabilities], models: Known) -> Settled:
    voice = board.voice(line)
    tier = board.tiers.get((voice.tier if voice else "") or board.defaults.speech or board.defaults.tier or SKETCH)
    lasts = estimate(line.text, voice.language if voice else "")
    made = _provided(tier, board, kinds)
    return Settled(tier, *made, SIZE, lasts, lasts, 1, *_known(tier, *made, models))


def _bed(music: Music, board: Storyboard, kinds: Mapping[str, Capabilities], models: Known) -> Settled:
    """How long it is follows from the cut."""
    tier, takes = board.tiers.get(music.tier or board.defaults.tier or SKETCH), music.takes or 1
    made = _provided(tier, board, kinds)
    return Settled(tier, *made, SIZE, SECONDS, SECONDS, takes, *_known(tier, *made, models))


def _provided(
    tier: Tier | None, board: Storyboard, kinds: Mapping[str, Capabilities]
) -> tuple[ProviderSpec | None, Capabilities | None]:
    provider = board.providers.get(tier.provider) if tier is not None else None
    kind = kinds.get(provider.kind) if provider is not None else None
    return provider, kind.at(provider.options) if kind is not None and provider is not None else None


def _known(
    tier: Tier | None, provider: ProviderSpec | None, kind: Capabilities | None, models: Known
) -> tuple[str, Model | None]:
    """The provider's name of a tier's model, and what is known of it."""
    called = (tier.model if tier is not None else "") or (kind.default_model if kind is not None else "")
    return called, lookup(models.get(provider.name, {}), called) if provider is not None else None


def can_do_without(policy: IfGone, relation: Relation | None, kind: Capabilities) -> bool:
    """Can a remix or an extension follow this policy when its source is gone?"""
    if policy == "upload":
        return kind.uploads
    return policy != "continue" or (kind.image and relation == "remix")


def _if_gone(shot: Shot, board: Storyboard, kind: Capabilities | None) -> IfGone:
    said = shot.if_gone or board.defaults.if_gone or "stop"
    return said if kind is not None and can_do_without(said, shot.relation, kind) else "stop"


def within(board: Storyboard, settled: Mapping[str, Settled]) -> Storyboard:
    """With trims that end where their shots do: a profile may have made the shots shorter than the trims expect."""

    def inside(shot: str, trim: Trim | None) -> Trim | None:
        length = settled[shot].length
        if trim is None or trim[1] is None or length is None or trim[1] <= length or settled[shot].auto:
            return trim
        return trim[0], length

    def shortened(entry: CutEntry) -> CutEntry:
        insets = tuple(replace(inset, trim=inside(inset.shot, inset.trim)) for inset in entry.insets)
        return replace(entry, trim=inside(entry.shot, entry.trim), insets=insets)

    cut = tuple(map(shortened, board.cut or ()))
    return board if board.cut is None or cut == board.cut else replace(board, cut=cut)


def _settle(
    shot: Shot, parent: Settled | None, board: Storyboard, kinds: Mapping[str, Capabilities], models: Known
) -> Settled:
    defaults, is_still = board.defaults, shot.medium == "still"
    heir = parent if parent is not None and parent.length is not None else None  # footage hands nothing on
    inherits = heir is not None and not shot.tier
    usual = (defaults.still if is_still else "") or defaults.tier or SKETCH
    tier = heir.tier if heir is not None and inherits else board.tiers.get(shot.tier or usual)
    tiered = tier.size if tier is not None and not inherits else None
    sizes = (shot.size, tiered, _grown(heir.size, shot) if heir is not None else None, defaults.size)
    said = shot.seconds
    auto = shot.auto
    if said is None and shot.relation in CHANGES and heir is not None:
        said, auto = heir.length, heir.auto
    seconds = said or (tier and tier.seconds) or defaults.seconds or SECONDS
    before = heir.length if shot.relation == "extend" and heir is not None else None
    provider, kind = _provided(tier, board, kinds)
    called, model = _known(tier, provider, kind, models)
    return Settled(
        tier=tier,
        provider=provider,
        kind=kind,
        size=next((size for size in sizes if size is not None), SIZE),
        seconds=seconds,
        length=None if shot.file and not shot.motionless else seconds + before if before else seconds,
        takes=shot.takes or (defaults.takes if not is_still else None) or 1,
        called=called,
        model=model,
        if_gone=_if_gone(shot, board, kind),
        auto=auto,
    )


def _grown(size: Size, shot: Shot) -> Size:
    """How large a clip is that starts from one of this size."""
    return Size(2 * size.width, 2 * size.height) if shot.relation == "upscale" else size
