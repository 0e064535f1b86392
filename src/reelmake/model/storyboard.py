"""What the author meant: names resolved, texts expanded, defaults not yet filled in.

Made by compile/check from YAML nodes; knows nothing of YAML, of keys or of providers' abilities.
Every noun keeps the span it came from: it is carried everywhere and affects nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from fractions import Fraction

from reelmake.diagnostics import Placed, Source, Span
from reelmake.model.cut_entries import CutEntry, Into
from reelmake.model.frame import STILLS, CameraMove, Fit, Focus, Size
from reelmake.model.medium import MediumName
from reelmake.model.mix import TrackKind
from reelmake.model.order import IfGone, ImageInput, Relation
from reelmake.model.overlay import UNSAID, Captions, Watermark
from reelmake.model.provider import Limits
from reelmake.model.store_address import Cache
from reelmake.records import dataclass

SKETCH = "sketch"  # the provider, and its tier, that are always there
CARDS = "animatic"  # the tier of what is drawn in the place of clips that are left for later
BED = "music.bed"  # what music from a prompt is called; no shot has a point in its name
PAD = (Fraction(3, 10), Fraction(5, 10))  # seconds of silence before and after what is said, where nobody says


@dataclass(frozen=True, slots=True)
class ProviderSpec(Placed):
    """An entry of `providers:`. `api_key` is the *place* of a secret, never one: an environment variable's name, or
    `keyring:` and the name of an entry there. `webhook_secret`: the same for what signs its webhooks; `webhook_id`:
    where in them the id of a job stands, keys joined by dots. `text`: the file that the kind is, where it is one."""

    name: str
    kind: str
    base_url: str = ""
    api_key: str = ""
    limits: Limits = field(default_factory=Limits)
    webhook_secret: str = ""
    webhook_id: str = "data.id"
    options: Mapping[str, object] = field(default_factory=dict)
    text: Source | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Prompt(Placed):
    """Expanded text in the order it is composed, without style; `avoid` is what must not be seen.

    `cast` are the names of characters, places and props that were expanded into it, in order of first appearance.
    """

    text: str
    avoid: str = ""
    cast: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rung(Placed):
    """One entry of `fallback:`: other words (None = the same), another tier ("" = the same)."""

    prompt: Prompt | None = None
    tier: str = ""


@dataclass(frozen=True, slots=True)
class Tier(Placed):
    """An entry of `tiers:`: what "draft" and "final" mean. `price` is USD for each unit of what it makes (a second, a
    still, 1,000 characters)."""

    name: str
    provider: str
    model: str = ""
    size: Size | None = None
    seconds: Fraction | None = None
    price: Decimal | None = None
    extras: Mapping[str, object] = field(default_factory=dict)
    retry_moderation: int = 0
    fallback: tuple[Rung, ...] = ()


@dataclass(frozen=True, slots=True)
class Defaults:
    """`defaults:`, for what does not say itself. `tier` is that of shots, `still` and `speech` are those of stills and
    voices; `voice`: who says texts that name no speaker; `pad`: silence before and after, in seconds."""

    tier: str = ""
    still: str = ""
    speech: str = ""
    voice: str = ""
    pad: tuple[Fraction, Fraction] | None = None
    size: Size | None = None
    seconds: Fraction | None = None
    takes: int | None = None
    seed: int | None = None
    fit: Fit | None = None
    if_gone: IfGone | None = None
    look: str = ""
    into: Into | None = None


@dataclass(frozen=True, slots=True)
class CastMember(Placed):
    """A character, a place or a prop: `${name}` in a text expands to `look`; `images` are references for the provider,
    the most important one first. `voice`: the entry of `voices:` by which a character speaks."""

    name: str
    look: str
    images: tuple[ImageInput, ...] = ()
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Voice(Placed):
    """Who speaks: `voice` by its name at the provider, and how. `tier` "" = the default one of speech."""

    name: str
    voice: str = ""
    style: str = ""
    language: str = ""
    tier: str = ""
    seed: int | None = None
    extras: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """One line of `say:`. `id`: what it is called ("park.say", or "park.say.2" of several). `speaker`: as it is
    written, a voice or a character, "" = the default voice."""

    id: str
    text: str
    speaker: str = ""
    span: Span | None = field(default=None, compare=False, repr=False)
    speaker_span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Shot(Placed):
    """One shot, or one still (`medium`), which has no motion and is otherwise told alike.

    Of a shot, exactly one of `prompt`, `file`, `still` (the id of one that it shows) and `color` is set; of a still
    `prompt` or `framed`: then it is the frame of its parent `at` so many seconds, None = the last one. `parent` is the
    shot or still that `relation` or `framed` names.
    `auto`: it is as long as what is said in it, with silence of `pad` seconds before and after; `seconds` is None then.
    `spans` has the place of each key the author wrote (`spans["seconds"]` is the value's place).
    """

    id: str
    medium: MediumName = "clip"
    prompt: Prompt | None = None
    file: str = ""
    still: str = ""
    color: str = ""
    framed: bool = False
    at: Fraction | None = None
    relation: Relation | None = None
    parent: str = ""
    tier: str = ""
    size: Size | None = None
    seconds: Fraction | None = None
    seed: int | None = None
    variation: int = 1
    takes: int | None = None
    pick: int | None = None
    image: ImageInput | None = None
    last_image: ImageInput | None = None
    references: tuple[ImageInput, ...] = ()
    say: tuple[SpokenLine, ...] = ()
    auto: bool = False
    pad: tuple[Fraction, Fraction] | None = None
    fallback: tuple[Rung, ...] = ()
    fit: Fit | None = None
    focus: Focus | None = None
    move: CameraMove | None = None
    look: str = ""
    caption: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()
    extras: Mapping[str, object] = field(default_factory=dict)
    if_gone: IfGone | None = None
    retry_moderation: int | None = None

    @property
    def motionless(self) -> bool:
        """Is it a picture, or nothing but a colour? It lasts as long as the author says."""
        return bool(self.color or self.still) or self.medium == "still" or self.file.lower().endswith(STILLS)

    @property
    def ordered(self) -> bool:
        """Is it made by a provider?"""
        return not (self.file or self.color or self.still or self.framed)


@dataclass(frozen=True, slots=True)
class Music(Placed):
    """The music bed: a `file`, or what a provider makes of a `prompt`, as long as the cut. `gain` and `duck` in dB
    (`duck` = how far it steps back under clip sound), fades in seconds. It begins `at` seconds of the cut, and is
    repeated to its end; `trim` as in the cut."""

    file: str = ""
    gain: Fraction = Fraction(0)
    duck: Fraction = Fraction(0)
    fade_in: Fraction = Fraction(0)
    fade_out: Fraction = Fraction(0)
    at: Fraction = Fraction(0)
    trim: tuple[Fraction, Fraction | None] | None = None
    prompt: str = ""
    tier: str = ""
    seed: int | None = None
    takes: int | None = None
    pick: int | None = None
    extras: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Track(Placed):
    """A sound file at a place of the cut: `at` seconds after its beginning, or after the picture of `shot` begins.

    `gain` in dB, fades in seconds, `trim` as in the cut; `loop` repeats it to the end of the cut. `duck`: how far it
    steps back, in dB, under narration and, if it is music, under clip sound.
    """

    file: str
    kind: TrackKind = "effect"
    at: Fraction = Fraction(0)
    shot: str = ""
    gain: Fraction = Fraction(0)
    fade_in: Fraction = Fraction(0)
    fade_out: Fraction = Fraction(0)
    trim: tuple[Fraction, Fraction | None] | None = None
    loop: bool = False
    duck: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Sound:
    """`sound:`; `loudness` in LUFS for the whole programme, None = leave it; `true_peak` in dBTP, for then.

    Of the clips' own sound: `gain` in dB, `mute`, and `duck`, how far it steps back under narration, in dB.
    `crossfade`: does sound change with the picture in a transition, or at once, in the middle of it?
    """

    music: Music | None = None
    loudness: Fraction | None = None
    gain: Fraction = Fraction(0)
    tracks: tuple[Track, ...] = ()
    mute: bool = False
    duck: Fraction = Fraction(0)
    true_peak: Fraction = Fraction(-1)
    crossfade: bool = True


@dataclass(frozen=True, slots=True)
class Output:
    """One entry of `outputs:`. `path` is below build/, its suffix picks the kind; `options` are that kind's own."""

    path: str
    size: Size | None = None
    fit: Fit | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Storyboard(Placed):
    """One variant of one document. Mappings keep the author's order. `cut` None = every shot once, in order. `cast`:
    characters, places and props by name. `skipped`: ids of shots that are left out of everything."""

    title: str
    shots: Mapping[str, Shot]
    providers: Mapping[str, ProviderSpec]
    tiers: Mapping[str, Tier]
    defaults: Defaults = Defaults()
    style: str = ""
    cast: Mapping[str, CastMember] = field(default_factory=dict)
    voices: Mapping[str, Voice] = field(default_factory=dict)
    stills: Mapping[str, Shot] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    cut: tuple[CutEntry, ...] | None = None
    sound: Sound = Sound()
    outputs: tuple[Output, ...] = ()
    captions: Captions = UNSAID
    watermark: Watermark | None = None
    letterbox: Fraction | None = None
    fps: Fraction = Fraction(24)
    budget: Decimal | None = None
    cache: Cache = Cache()
    variant: str = ""  # "" without a matrix; else the name of the row, unique and fit for a path

    @property
    def pictured(self) -> dict[str, Shot]:
        """Shots and stills, by id: all that the cut may show."""
        return {**self.shots, **self.stills}

    def named(self, id: str) -> Shot:
        """The shot or still of this id. Raises KeyError."""
        return self.shots[id] if id in self.shots else self.stills[id]

    @property
    def lines(self) -> list[SpokenLine]:
        """All that is said, in the order of the shots."""
        return [line for shot in self.shots.values() for line in shot.say]

    def voice(self, line: SpokenLine) -> Voice | None:
        """Who says a line; None = nobody of that name, or the character has no voice, or it is not said which one."""
        voices, member = self.voices, self.cast.get(line.speaker)
        if line.speaker:
            return voices.get(line.speaker) or (voices.get(member.voice) if member is not None else None)
        if self.defaults.voice or not voices:
            return voices.get(self.defaults.voice) if self.defaults.voice else Voice("")
        return next(iter(voices.values())) if len(voices) == 1 else None

    def pad(self, shot: Shot) -> tuple[Fraction, Fraction]:
        """Seconds of silence before and after what is said in it."""
        return shot.pad or self.defaults.pad or PAD

    def address(self, name: str) -> str:
        """A shot or an output of this variant in the whole document: "park", or "lisbon/park" in a matrix."""
        return f"{self.variant}/{name}" if self.variant else name
