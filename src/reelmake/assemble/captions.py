"""What is said when in a cut: the author's file of captions, or each shot's caption while it is seen.

Where two shots overlap, the caption changes in the middle of the join. Knows nothing of how captions are shown.
"""

from __future__ import annotations

from fractions import Fraction

from reelmake.assemble.timeline import address
from reelmake.assemble.titles import shaped
from reelmake.model.cut import Cut
from reelmake.model.delivery import Cue
from reelmake.model.lettering import Lettering, Title
from reelmake.model.storyboard import Storyboard
from reelmake.model.time import nearest, seconds


def cues(cut: Cut, board: Storyboard) -> tuple[Cue, ...]:
    """Those of the file, as far as the cut goes; else one for every entry whose shot has a caption, and one for a shot
    that goes on where it was cut."""
    marks = [nearest(seconds(edge, cut.fps) * 1000) for edge in edges(cut)]
    if board.captions.file:
        return tuple(Cue(c.begin, min(c.end, marks[-1]), c.text) for c in board.captions.cues if c.begin < marks[-1])
    said = {address(board, id): _text(shot.caption) for id, shot in board.shots.items()}
    found: list[Cue] = []
    for number, (entry, begin, end) in enumerate(zip(cut.entries, marks, marks[1:], strict=False)):
        text = said.get(entry.shot, "")
        if not text or end <= begin:
            continue
        if found and found[-1].end == begin and found[-1].text == text and cut.entries[number - 1].shot == entry.shot:
            found[-1] = Cue(found[-1].begin, end, text)
        else:
            found.append(Cue(begin, end, text))
    return tuple(found)


def edges(cut: Cut) -> list[int]:
    """The frames at which entries begin, and the cut's end; where two overlap, the middle of the join."""
    return [*(entry.at + cut.head(n) // 2 for n, entry in enumerate(cut.entries)), cut.frames]


def printed(spoken: tuple[Cue, ...], look: Lettering, first: int, count: int, fps: Fraction) -> tuple[Title, ...]:
    """The captions that are seen in frames [first, first + count) of the cut, in frames from the first of these."""
    found = []
    for cue in spoken:
        begin, end = (nearest(Fraction(at, 1000) * fps) - first for at in (cue.begin, max(cue.end, cue.begin + 1)))
        begin, end = max(0, begin), min(count, end)
        if end > begin:
            found.append(Title(cue.text, begin, end - begin, look, shaped(cue.text), still=True))
    return tuple(found)


def _text(caption: str) -> str:
    """Without empty lines: they end a cue."""
    return "\n".join(line.strip() for line in caption.splitlines() if line.strip())
