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
from reelmake.model.frame import STILLS, CameraMove, Fit, Focus, Mount, Size
from reelmake.model.mix import TrackKind
from reelmake.model.order import IfGone, Relation
from reelmake.model.overlay import UNSAID, Captions, EntryTitle, Watermark
from reelmake.model.provider import Limits
from reelmake.records import dataclass

SKETCH = "sketch"  # the provider, and its tier, that are always there


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
class Tier(Placed):
    """An entry of `tiers:`: what "draft" and "final" mean. `price` is USD per second."""

    name: str
    provider: str
    model: str = ""
    size: Size | None = None
    seconds: Fraction | None = None
    price: Decimal | None = None
    extras: Mapping[str, object] = field(default_factory=dict)
    retry_moderation: int = 0


@dataclass(frozen=True, slots=True)
class Into:
    """The transition into the next entry: its name on the shelf, its length, its parameters."""

    name: str
    seconds: Fraction
    params: Mapping[str, object] = field(default_factory=dict)
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class EntryVoice:
    """`sound:` of an entry of the cut: `gain` in dB; by how many seconds its sound leads its picture (a J cut) and
    trails it (an L cut)."""

    gain: Fraction = Fraction(0)
    mute: bool = False
    lead: Fraction = Fraction(0)
    trail: Fraction = Fraction(0)
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Defaults:
    """`defaults:`, for shots and entries of the cut that do not say themselves."""

    tier: str = ""
    size: Size | None = None
    seconds: Fraction | None = None
    takes: int | None = None
    seed: int | None = None
    fit: Fit | None = None
    if_gone: IfGone | None = None
    look: str = ""
    into: Into | None = None


@dataclass(frozen=True, slots=True)
class Character:
    """`${name}` in a text expands to `look`; `image` (a project path) is a reference picture for the provider."""

    name: str
    look: str
    image: str = ""
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Prompt(Placed):
    """Expanded text in the order it is composed, without style; `avoid` is what must not be seen.

    `characters` are the names that were expanded into it, in order of first appearance.
    """

    text: str
    avoid: str = ""
    characters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shot(Placed):
    """One shot. Exactly one of `prompt`, `file` and `color` is set; `parent` is the shot that `relation` names.

    `spans` has the place of each key the author wrote (`spans["seconds"]` is the value's place).
    """

    id: str
    prompt: Prompt | None = None
    file: str = ""
    color: str = ""
    relation: Relation | None = None
    parent: str = ""
    tier: str = ""
    size: Size | None = None
    seconds: Fraction | None = None
    seed: int | None = None
    variation: int = 1
    takes: int | None = None
    pick: int | None = None
    image: str = ""
    last_image: str = ""
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
    def still(self) -> bool:
        """Is it a picture that exists, or nothing but a colour? It lasts as long as the author says."""
        return bool(self.color) or self.file.lower().endswith(STILLS)

    @property
    def ordered(self) -> bool:
        """Is it made by a provider?"""
        return not (self.file or self.color)


@dataclass(frozen=True, slots=True)
class EntryInset(Placed):
    """One of `insets:` of an entry. `trim` is [from, to) in seconds of the inset's clip; `at` counts from where the
    entry begins. It is seen for `seconds`, None = until its clip or the entry ends. `gain` in dB, None = silent."""

    shot: str
    mount: Mount = Mount()
    trim: tuple[Fraction, Fraction | None] | None = None
    at: Fraction = Fraction(0)
    seconds: Fraction | None = None
    gain: Fraction | None = None


@dataclass(frozen=True, slots=True)
class EntryFade:
    """`fade_in:` or `fade_out:` of an entry of the cut. `color` as in a dip."""

    seconds: Fraction
    color: str = "black"


@dataclass(frozen=True, slots=True)
class CutEntry(Placed):
    """One entry of `cut:`. `trim` is [from, to) in seconds of the clip; a `to` of None means its end.

    `speed`: 2 is twice as fast. `freeze`: seconds for which its last frame is held, `freeze_first`: its first.
    `reverse`: it runs backwards. `fit`, `move` and `look` take the place of the shot's own.
    """

    shot: str
    trim: tuple[Fraction, Fraction | None] | None = None
    into: Into | None = None
    titles: tuple[EntryTitle, ...] = ()
    speed: Fraction = Fraction(1)
    freeze: Fraction = Fraction(0)
    freeze_first: Fraction = Fraction(0)
    sound: EntryVoice = EntryVoice()
    insets: tuple[EntryInset, ...] = ()
    reverse: bool = False
    fit: Fit | None = None
    move: CameraMove | None = None
    look: str = ""
    fade_in: EntryFade | None = None
    fade_out: EntryFade | None = None


@dataclass(frozen=True, slots=True)
class Music(Placed):
    """The music bed. `gain` and `duck` in dB (`duck` = how far it steps back under clip sound), fades in seconds. It
    begins `at` seconds of the cut, and is repeated to its end; `trim` as in the cut."""

    file: str
    gain: Fraction = Fraction(0)
    duck: Fraction = Fraction(0)
    fade_in: Fraction = Fraction(0)
    fade_out: Fraction = Fraction(0)
    at: Fraction = Fraction(0)
    trim: tuple[Fraction, Fraction | None] | None = None


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
    """One variant of one document. Mappings keep the author's order. `cut` None = every shot once, in order."""

    title: str
    shots: Mapping[str, Shot]
    providers: Mapping[str, ProviderSpec]
    tiers: Mapping[str, Tier]
    defaults: Defaults = Defaults()
    style: str = ""
    characters: Mapping[str, Character] = field(default_factory=dict)
    cut: tuple[CutEntry, ...] | None = None
    sound: Sound = Sound()
    outputs: tuple[Output, ...] = ()
    captions: Captions = UNSAID
    watermark: Watermark | None = None
    letterbox: Fraction | None = None
    fps: Fraction = Fraction(24)
    budget: Decimal | None = None
    variant: str = ""  # "" without a matrix; else the name of the row, unique and fit for a path

    def address(self, name: str) -> str:
        """A shot or an output of this variant in the whole document: "park", or "lisbon/park" in a matrix."""
        return f"{self.variant}/{name}" if self.variant else name
