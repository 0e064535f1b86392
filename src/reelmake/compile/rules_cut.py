"""Rules about the cut and the outputs (RM4xx, RM203). One small function a rule.

What only the lengths of footage can tell is checked later, by assemble.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import PurePosixPath

from reelmake.compile.given import Given, Rule, unloadable
from reelmake.compile.node import Node
from reelmake.diagnostics import Note, Report, Span
from reelmake.model.cut_entries import CutEntry, EntryInset, Into
from reelmake.model.overlay import THREE
from reelmake.model.storyboard import Output
from reelmake.visible import one_line

LONGEST = 2_000  # characters of words that are shown at once
ELSEWHERE = {  # what other programs call it
    "cut": "a hard cut is `into: cut`, without a length",
    "fade": "it is called dissolve here; through black it is a dip; at the ends of the cut use `fade_in:`, `fade_out:`",
    "crossfade": "it is called dissolve here",
    "fadeblack": "write {dip: 0.5}",
    "fadewhite": "write {dip: {seconds: 0.5, color: white}}",
    "slide": "push moves both pictures, cover only the next one, uncover only this one",
    "reveal": "it is called uncover here",
    "circle": "it is called iris here",
    "circlecrop": "write {iris: {seconds: 0.5, direction: both}}",
    "radial": "it is called clock here",
    "zoomin": "it is called zoom here",
    "zoomout": "write {zoom: {seconds: 0.5, direction: out}}",
    "crosszoom": "it is called zoom here",
}


def cut_shots(given: Given, report: Report) -> None:
    for entry in _shown_somewhere(given):
        if entry.shot and entry.shot not in given.board.shots and entry.shot not in given.board.stills:
            where = "in the cut" if isinstance(entry, CutEntry) else "of an inset"
            near = (entry.shot, given.board.pictured)
            report.error("RM401", f'unknown shot "{entry.shot}" {where}', entry.span, near=near)


def _shown_somewhere(given: Given) -> Iterator[CutEntry | EntryInset]:
    """Every entry, and after it the insets that lie on it."""
    for entry in given.board.cut or ():
        yield entry
        yield from entry.insets


def _intos(given: Given) -> Iterator[tuple[Into, Node | None]]:
    """Every transition the author wrote, once, with the node it was read from."""
    default = given.board.defaults.into
    if default is not None:
        yield default, given.root.get("defaults", "into")
    cut = given.root.get("cut")
    for at, entry in enumerate(given.board.cut or ()):
        if entry.into is not None and entry.into is not default and cut is not None:
            yield entry.into, cut.value[at].get("into")


def transitions(given: Given, report: Report) -> None:
    for into, _ in _intos(given):
        if why := unloadable(given.transitions, into.name):
            report.error("RM203", why, into.span)
        elif into.name not in given.transitions:
            hint = ELSEWHERE.get(into.name, "")
            near = None if hint else (into.name, given.transitions)
            report.error("RM203", f'unknown transition "{into.name}"', into.span, hint=hint, near=near)


def transition_parameters(given: Given, report: Report) -> None:
    for into, node in _intos(given):
        known, params = given.transitions.get(into.name), node.get(into.name) if node is not None else None
        for name in into.params:
            if known is not None and name not in known:
                span = params.keys[name].span if params is not None and name in params.keys else into.span
                near = (name, {*known, "seconds"})
                report.error("RM408", f'{into.name} has no parameter "{name}"', span, near=near)


def last_entry(given: Given, report: Report) -> None:
    cut = given.board.cut
    if cut and cut[-1].into is not None:
        says = "nothing follows the last entry, so it has no transition"
        report.error("RM405", says, cut[-1].spans.get("into"), hint="remove `into:`")


def fades(given: Given, report: Report) -> None:
    """Where a transition is, the picture comes from the entry before, not out of a colour."""
    before: Into | None = None
    for entry in given.board.cut or ():
        for key, join in (("fade_in", before), ("fade_out", entry.into)):
            if join is not None and key in entry.spans:
                says = f'"{entry.shot}" cannot have `{key}:` where a {join.name} is'
                notes = [Note("the transition is here", join.span)]
                hint = "remove one of them; `into: {dip: 1}` goes through black from one entry to the next"
                report.error("RM414", says, entry.spans[key], notes=notes, hint=hint)
        before = entry.into


def titles(given: Given, report: Report) -> None:
    for entry in given.board.cut or ():
        for title in entry.titles:
            if not title.seen:
                hint = "write the words as its `text:`, or name a picture with `logo:`"
                report.error("RM415", f'this title of "{entry.shot}" is empty', title.span or entry.span, hint=hint)


def words(given: Given, report: Report) -> None:
    """Nobody reads more at once, no track of captions takes more, and no end is seen of fitting it into a picture."""
    said: list[tuple[str, str, Span | None]] = []
    for entry in given.board.cut or ():
        for title in entry.titles:
            said += [("this title", title.text, title.span), ("this title", title.below, title.spans.get("below"))]
    said += [("this caption", shot.caption, shot.spans.get("caption")) for shot in given.board.shots.values()]
    said += [("this caption", cue.text, cue.span) for cue in given.board.captions.cues]
    if (film := given.root.get("title")) is not None:
        said.append(("the title of the film", given.board.title, film.span))
    for what, text, span in said:
        if len(text) > LONGEST:
            message = f"{what} has {len(text):,} characters; at most {LONGEST:,} are shown at once"
            report.error("RM619", message, span, hint="split it, or make it shorter")


def trims(given: Given, report: Report) -> None:
    for entry in _shown_somewhere(given):
        if entry.trim is None:
            continue
        (begin, end), span, length = entry.trim, entry.spans.get("trim"), _clip(given, entry)
        if end is not None and end <= begin:
            says = f"this trim ends at {_s(end)}, before anything is shown"
            report.error("RM403", says, span, hint="write [from, to], in seconds")
        elif length is None:
            continue
        elif end is not None and end > length:
            says = f'this trim goes to {_s(end)}; "{entry.shot}" lasts {_s(length)}'
            # a profile or a setting may have made the shot shorter than the trim was written for
            if length > begin and given.shaped and given.board.named(entry.shot).seconds is None:
                report.warn("RM409", f"{says} here and is shown to its end", span)
            else:
                report.error("RM404", says, span)
        elif begin >= length:
            report.error("RM404", f'this trim begins at {_s(begin)}; "{entry.shot}" lasts {_s(length)}', span)


def _clip(given: Given, entry: CutEntry | EntryInset) -> Fraction | None:
    """None of footage, and of what is as long as what is said in it: that is measured later."""
    settled = given.settled.get(entry.shot)
    return settled.length if settled is not None and not settled.auto else None


def _shown(given: Given, entry: CutEntry) -> Fraction | None:
    """How long an entry is, where that is known without its clip."""
    length = _clip(given, entry)
    begin, end = entry.trim or (Fraction(0), None)
    if end is None or (length is not None and end > length):
        end = length
    return None if end is None else (end - begin) / entry.speed + entry.freeze + entry.freeze_first


def _s(value: Fraction) -> str:
    return f"{float(value):g} s"


def overlaps(given: Given, report: Report) -> None:
    """An entry gives frames to the join before it and to the join after it, and has each only once."""
    before = Fraction(0)
    for entry in given.board.cut or ():
        after = entry.into.seconds if entry.into is not None else Fraction(0)
        length = _shown(given, entry)
        if length is not None and length > 0 and before + after > length:
            joins = f"{_s(before)} + {_s(after)}" if before and after else _s(before + after)
            says = f'"{entry.shot}" is shown for {_s(length)}, shorter than its transitions ({joins})'
            report.error("RM406", says, entry.span, hint="shorten the transitions, or show more of the shot")
        before = after


def shown_twice(given: Given, report: Report) -> None:
    cut = given.board.cut or ()
    shown = {entry.shot: entry for entry in reversed(cut)}
    for entry in cut:
        shot = given.board.shots.get(entry.shot)
        if shot is not None and shot.relation == "extend" and shot.parent in shown:
            says = f'"{shot.id}" contains "{shot.parent}", which is in the cut too: it is shown twice'
            notes = [Note("the source is shown here", shown[shot.parent].span)]
            hint = f'remove "{shot.parent}" from the cut, or trim one of them'
            report.warn("RM407", says, entry.span, notes=notes, hint=hint)


def captions(given: Given, report: Report) -> None:
    said = given.board.captions
    if said.burn and said.soft:
        says = "captions are burnt into the picture or a track of their own, not both"
        notes = [Note("the other is here", said.spans["burn"])]
        hint = "`captions: true` or `soft` at an output sets it for that output"
        report.error("RM481", says, said.spans["soft"], notes=notes, hint=hint)
    if len(said.language) == 2 and said.language not in THREE:
        hint = "the codes are those of ISO 639, such as en, de, pt, ja"
        report.error("RM482", f'no language has the code "{said.language}"', said.spans["language"], hint=hint)


def output_paths(given: Given, report: Report) -> None:
    first: dict[str, Output] = {}
    for output in given.board.outputs:
        path = output.path
        if wrong := _wrong_path(path):
            report.error("RM411", wrong[0], output.span, hint=wrong[1])
        twin = first.setdefault(str(PurePosixPath(path)).lower(), output)
        if twin is not output:
            notes = [Note("the first one is here", twin.span)]
            report.error("RM412", f"two outputs are written to {path}", output.span, notes=notes)


def _wrong_path(path: str) -> tuple[str, str] | None:
    """What is wrong with the path of an output, and a hint."""
    parts, usual = PurePosixPath(path).parts, "write a path such as social/cut.mp4"
    if "\\" in path:
        hint = f"write {path.replace(chr(92), '/')}" if ":" not in path else usual
        return f"a backslash in the path of an output: {path}", hint
    if one_line(path) != path:
        return f"an invisible character in the path of an output: {one_line(path)}", usual
    if ":" in path:
        hint = "Windows allows none in file names, and in links it ends a scheme"
        return f"a colon in the path of an output: {path}", hint
    if path.startswith(("/", "~")) or ".." in parts or not parts:
        return f"outputs stay below build/: {path} does not", "write a path such as social/vertical.mp4"
    return None


def output_kinds(given: Given, report: Report) -> None:
    for output in given.board.outputs:
        suffix = PurePosixPath(output.path).suffix
        if why := unloadable(given.outputs, suffix):
            report.error("RM410", why, output.span)
            continue
        if suffix not in given.outputs:
            unknown = f'no output kind makes "{suffix}" files'
            what = unknown if suffix else f"{output.path} has no suffix, and the suffix picks the kind"
            report.error("RM410", what, output.span, hint=f"known: {', '.join(sorted(given.outputs))}")
            continue
        known_options = given.outputs[suffix] | {"size", "fit"}
        for name in output.options:
            if name not in known_options:
                node = given.root.get("outputs", output.path)
                span = node.keys[name].span if node is not None and name in node.keys else output.span
                report.error("RM413", f'{suffix} files have no option "{name}"', span, near=(name, known_options))


RULES: tuple[Rule, ...] = (
    cut_shots, transitions, transition_parameters, last_entry, fades, titles, words, trims, overlaps, shown_twice,
    captions, output_paths, output_kinds,
)  # fmt: skip
