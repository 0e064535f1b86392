"""Transitions that ffmpeg's xfade draws, by its names for them. Knows nothing of clips or files."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.model.stream import Stream
from reelmake.transitions import one_of


class Crossfade:
    """What the module of such a transition has to offer.

    `kind` is xfade's name, with what each of the `choices` puts in its place there; their first values are defaults.
    `of` is what a sentence calls the transition.
    """

    def __init__(self, of: str, kind: str, **choices: Mapping[str, str]) -> None:
        self._kind, self._choices = kind, choices
        self.params: Mapping[str, object] = {name: next(iter(words)) for name, words in choices.items()}
        self.complaint = one_of(of, **{name: tuple(words) for name, words in choices.items()})

    def fragment(
        self, leaving: Stream, entering: Stream, frames: int, fps: Fraction, params: Mapping[str, object]
    ) -> Stream:
        """Two streams of `frames` frames to one of as many."""
        given = {**self.params, **params}
        words = {name: words[str(given[name])] for name, words in self._choices.items()}
        return crossfade(leaving, entering, frames, fps, self._kind.format(**words))


def crossfade(leaving: Stream, entering: Stream, frames: int, fps: Fraction, kind: str) -> Stream:
    """xfade, less its first frame: that one would still be the leaving picture alone, and the blend lopsided.

    So frame k of n has k / (n + 1) of the entering picture.
    """
    import ffmpeg

    padded = [s.filter("tpad", start=1, start_mode="clone", stop=2, stop_mode="clone") for s in (leaving, entering)]
    blend: Stream = ffmpeg.filter(
        padded, "xfade", transition=kind, duration=f"{float((frames + 1) / fps):.6f}", offset=0
    )
    return blend.filter("trim", start_frame=1, end_frame=frames + 1).filter("setpts", "PTS-STARTPTS")
