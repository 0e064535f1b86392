"""The grammar of SubRip (.srt), as players have it: times, with the words behind them up to the next ones.

There is no standard. Empty lines between two captions may be missing, and so may numbers. Tags are those few that are
in use; elsewhere < and & are characters like others. Knows nothing of WebVTT.
"""

from __future__ import annotations

import re
from itertools import pairwise

from reelmake.compile.cueing import HINT, Cueing, times

_NUMBER = re.compile(r"\s*\d+\s*")
_NEARLY = re.compile(r"[\s\d:.,;-]*\d:\d[\s\d:.,;-]*(->|→)[\s\d:.,;-]*")  # meant as times
_LONG = 200  # characters: what is longer is not meant as times
_TAG = re.compile(r"</?(?:b|i|u|s|font)(?:\s[^<>]*)?>|\{\\[^{}\n]*\}", re.I)
_BREAK = re.compile(r"<br\s*/?>", re.I)
_REFERENCE = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|lrm|rlm|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_PLACE = re.compile(r"\{[^{}\n]*\\(?:an[13-9]|a\d|pos\()")


def read(cueing: Cueing) -> None:
    """Takes every caption."""
    lines = cueing.lines
    marks = [n for n, line in enumerate(lines) if times(line) or (len(line) < _LONG and _NEARLY.fullmatch(line))]
    _told(cueing, _before(cueing, 0, marks[0]) if marks else range(len(lines)), first=True)
    for mark, after in pairwise((*marks, len(lines))):
        spoken = _before(cueing, mark + 1, after) if after < len(lines) else range(mark + 1, after)
        said = times(lines[mark])
        if said is None:
            cueing.wrong(mark, "the times of this caption cannot be read", HINT)
        elif _told(cueing, spoken, first=False):
            if said[2].strip() or _PLACE.search("\n".join(lines[n] for n in spoken)):
                cueing.placed(mark)
            cueing.take(mark, said, spoken, plain)


def plain(words: str) -> str:
    """Without tags, and with what a few character references stand for."""
    from html import unescape

    return _REFERENCE.sub(lambda found: unescape(found[0]), _TAG.sub("", _BREAK.sub("\n", words)))


def _before(cueing: Cueing, first: int, mark: int) -> range:
    """Lines from `first` on, less the number or the name of the caption whose times stand at `mark`."""
    last = mark - 1
    if last < first or cueing.blank(last):
        return range(first, mark)
    alone = cueing.blank(last - 1) if last > first else first == 0
    return range(first, last if alone or _NUMBER.fullmatch(cueing.lines[last]) else mark)


def _told(cueing: Cueing, spoken: range, *, first: bool) -> bool:
    """Do these lines hold words alone? Behind an empty line there may be more of them, but no number: then times are
    missing; and before the `first` times there can be none."""
    for n in spoken:
        begins = not cueing.blank(n) and (n == spoken[0] if first else n > spoken[0] and cueing.blank(n - 1))
        if begins and (first or _NUMBER.fullmatch(cueing.lines[n])):
            at = n + 1 if _NUMBER.fullmatch(cueing.lines[n]) and not cueing.blank(n + 1) else n
            cueing.wrong(at, "here the times of a caption are missing or wrong", HINT)
            return False
    return True
