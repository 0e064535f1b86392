"""What lies over the picture: words of an entry and how they stand there, and over the whole cut, transitions included,
bars, captions and a mark in a corner.

Empty fields of a lettering are left to its style; media/text_overlay knows what each style does. Knows nothing of clips
or files: what is read for it are inputs of the steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction
from typing import Literal

from reelmake.diagnostics import Placed, Span
from reelmake.model.frame import Corner
from reelmake.model.work import LATER, UNKEYED
from reelmake.records import dataclass

Style = Literal["lower-third", "title", "end-card", "caption"]
Position = Literal["", "top", "middle", "bottom"]
Align = Literal["", "left", "center", "right"]
Direction = Literal["", "ltr", "rtl"]
STYLES: tuple[Style, ...] = ("lower-third", "title", "end-card")  # a caption is not asked for as a title
POSITIONS: tuple[Position, ...] = ("top", "middle", "bottom")
ALIGNS: tuple[Align, ...] = ("left", "center", "right")


@dataclass(frozen=True, slots=True)
class Lettering:
    """`font`: a project path, "" = the bundled typeface; it is an input of the step, so it is keyed by its bytes.

    `size`: height of the letters in hundredths of the picture's shorter side. `color` and `box` (what lies behind the
    words, or "none"): a name, #rrggbb or #rrggbbaa. `outline`: its width in hundredths of the letters' height.
    `margin`: how far the words stay from the upper or lower edge, in hundredths of the picture's height. `below_size`
    and `below_color`: of the smaller words. `logo`: a project path, an input as the font is; `logo_size` as `size`.
    """

    style: Style = field(default="lower-third", metadata=LATER)
    font: str = field(default="", metadata=UNKEYED)
    size: Fraction | None = field(default=None, metadata=LATER)
    color: str = field(default="", metadata=LATER)
    box: str = field(default="", metadata=LATER)
    position: Position = field(default="", metadata=LATER)
    align: Align = field(default="", metadata=LATER)
    outline: Fraction | None = field(default=None, metadata=LATER)
    outline_color: str = field(default="", metadata=LATER)
    margin: Fraction | None = field(default=None, metadata=LATER)
    below_size: Fraction | None = field(default=None, metadata=LATER)
    below_color: str = field(default="", metadata=LATER)
    logo: str = field(default="", metadata=UNKEYED)
    logo_size: Fraction | None = field(default=None, metadata=LATER)


PLAIN = Lettering()


@dataclass(frozen=True, slots=True)
class EntryTitle(Placed):
    """One title of an entry, as its author wrote it: from when and how long it is seen, in seconds of the entry, None =
    as its style does. `below`: smaller words under the others."""

    text: str
    lettering: Lettering = PLAIN
    at: Fraction | None = None
    seconds: Fraction | None = None
    below: str = ""

    @property
    def seen(self) -> bool:
        """Is there anything to see?"""
        return bool(self.text.strip() or self.below.strip() or self.lettering.logo)


@dataclass(frozen=True, slots=True)
class TimedText:
    """The same in frames of an entry of the cut: from `at` on, `lasts` of them. There is something to see."""

    text: str
    lettering: Lettering = PLAIN
    at: int | None = None
    lasts: int | None = None
    below: str = ""


@dataclass(frozen=True, slots=True)
class Title:
    """A text over the picture, in frames from the first frame of the piece it lies on; `first` may be negative.

    `shaped`: its letters are joined or run from right to left; `direction` then says how the whole of it runs. It fades
    in and out, unless it is `still`;
    one that `stays` only fades in. `cues`: how many captions it is, each below the one before. `beside`: what it keeps
    clear of; of these it does not matter when they are seen. `raised`: the lowest part is taken, for one of them.
    `below`: smaller words under the others.
    """

    text: str
    first: int
    frames: int
    lettering: Lettering = field(default=PLAIN, metadata=LATER)
    shaped: bool = field(default=False, metadata=LATER)
    still: bool = field(default=False, metadata=LATER)
    stays: bool = field(default=False, metadata=LATER)
    direction: Direction = field(default="", metadata=LATER)
    cues: int = field(default=1, metadata=LATER)
    beside: tuple[Title, ...] = field(default=(), metadata=LATER)
    raised: bool = field(default=False, metadata=LATER)
    below: str = field(default="", metadata=LATER)


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption that is seen from millisecond `begin` of the cut up to `end`. `text` has no empty line.

    `span`: where it stands in its file.
    """

    begin: int
    end: int
    text: str
    span: Span | None = field(default=None, compare=False, repr=False, metadata=UNKEYED)


SPOKEN = Lettering("caption")


@dataclass(frozen=True, slots=True)
class Captions(Placed):
    """`captions:`. `cues` are those of `file`, a project path; without one each shot's caption is said while it is
    seen, or with `spoken` what is said, when it is said. `burn`: do films show them? `soft`: do they have them as a
    track? `language`: its code, "" = not said."""

    file: str = ""
    burn: bool = False
    lettering: Lettering = SPOKEN
    cues: tuple[Cue, ...] = ()
    soft: bool = False
    language: str = ""
    spoken: bool = False


@dataclass(frozen=True, slots=True)
class Watermark:
    """`watermark:`. `image` is a project path; `size`: its height in hundredths of the shorter side of what is seen;
    `opacity` from 0 to 1."""

    image: str = field(metadata=UNKEYED)
    corner: Corner = "bottom-right"
    size: Fraction = Fraction(10)
    opacity: Fraction = Fraction(7, 10)
    span: Span | None = field(default=None, compare=False, repr=False, metadata=UNKEYED)


@dataclass(frozen=True, slots=True)
class Overlay:
    """What lies over one segment. `bars`: the shape (width / height) of what they leave open; `inside`: captions and
    mark stand in that; `apart`: captions, which stand where the mark does, keep clear of it."""

    bars: Fraction | None = field(default=None, metadata=LATER)
    captions: tuple[Title, ...] = field(default=(), metadata=LATER)
    mark: Watermark | None = field(default=None, metadata=LATER)
    inside: bool = field(default=False, metadata=LATER)
    apart: bool = field(default=False, metadata=LATER)

    @property
    def fonts(self) -> tuple[str, ...]:
        """Those of the titles that captions keep clear of, once each."""
        return tuple(dict.fromkeys(t.lettering.font for c in self.captions for t in c.beside if t.lettering.font))

    @property
    def logos(self) -> tuple[str, ...]:
        """Those of these titles, once each."""
        return tuple(dict.fromkeys(t.lettering.logo for c in self.captions for t in c.beside if t.lettering.logo))


NOTHING: Overlay = Overlay()
UNSAID: Captions = Captions()

# Languages by their codes: people write two letters (ISO 639-1), films want three (ISO 639-2/T).
_CODES = """
aaaar ababk aeave afafr akaka amamh anarg arara asasm avava ayaym azaze babak bebel bgbul bhbih
bibis bmbam bnben bobod brbre bsbos cacat ceche chcha cocos crcre csces cuchu cvchv cycym dadan
dedeu dvdiv dzdzo eeewe elell eneng eoepo esspa etest eueus fafas ffful fifin fjfij fofao frfra
fyfry gagle gdgla glglg gngrn guguj gvglv hahau heheb hihin hohmo hrhrv hthat huhun hyhye hzher
iaina idind ieile igibo iiiii ikipk ioido isisl itita iuiku jajpn jvjav kakat kgkon kikik kjkua
kkkaz klkal kmkhm knkan kokor krkau kskas kukur kvkom kwcor kykir lalat lbltz lglug lilim lnlin
lolao ltlit lulub lvlav mgmlg mhmah mimri mkmkd mlmal mnmon mrmar msmsa mtmlt mymya nanau nbnob
ndnde nenep ngndo nlnld nnnno nonor nrnbl nvnav nynya ococi ojoji omorm orori ososs papan pipli
plpol pspus ptpor quque rmroh rnrun roron rurus rwkin sasan scsrd sdsnd sesme sgsag sisin skslk
slslv smsmo snsna sosom sqsqi srsrp ssssw stsot susun svswe swswa tatam tetel tgtgk ththa titir
tktuk tltgl tntsn toton trtur tstso tttat twtwi tytah uguig ukukr ururd uzuzb veven vivie vovol
wawln wowol xhxho yiyid yoyor zazha zhzho zuzul
"""
THREE: Mapping[str, str] = {code[:2]: code[2:] for code in _CODES.split()}


def three(code: str) -> str:
    """The three letters of a language: "de" and "deu" are "deu", "" is "und". KeyError for two that are no language."""
    return THREE[code] if len(code) == 2 else code or "und"
