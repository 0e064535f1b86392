"""What is known of the lines of a storyboard: how long the picked take of each lasts, and when its words are said.

A line needs nothing that is made before it, so its key is known, and its take is looked for like a file. What is not
made yet is guessed. Knows nothing of shots.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from reelmake.model.order import Slate
from reelmake.model.speech import LEAD, beats, estimate
from reelmake.model.take import Record, SpokenWord, Take
from reelmake.plan.key import key
from reelmake.plan.shots import shot_steps
from reelmake.plan.spoken_lengths import Line
from reelmake.prep.tools import made_with


def spoken_lines(
    slates: Mapping[str, Slate],
    records: Mapping[str, Record],
    elsewhere: Mapping[str, tuple[int, int]],
    find: Callable[[str], Take | None],
) -> dict[str, Line]:
    """Every line of one variant, by address. `records`, `elsewhere`: what people chose, as plan/shots has them; `find`:
    the take of a key, None = there is none."""
    lines = {address: slate for address, slate in slates.items() if slate.medium == "speech"}
    made = shot_steps(lines, records, elsewhere=elsewhere)
    steps = {step.id: step for step in made.steps}
    found = {}
    for address, slate in lines.items():
        step = steps[made.clips[address].step]
        take = find(key(replace(step, tool=made_with(step)), {}))
        said = slate.orders[0]
        if take is not None and take.facts.seconds is not None:
            words = take.facts.words or tuple(guessed_words(said.prompt, said.language, take.facts.seconds))
            found[address] = Line(take.facts.seconds, words, measured=True)
        else:
            lasts = estimate(said.prompt, said.language)
            found[address] = Line(lasts, tuple(guessed_words(said.prompt, said.language, lasts)), measured=False)
    return found


def guessed_words(text: str, language: str, seconds: Fraction) -> Iterator[SpokenWord]:
    """When the words are said in a sound of so many seconds, if it is spoken evenly."""
    whole, at = estimate(text, language), LEAD
    for beat in beats(text, language):
        begin, end = at, at + beat.seconds
        yield SpokenWord(beat.text, begin * seconds / whole, end * seconds / whole)
        at = end + beat.pause
