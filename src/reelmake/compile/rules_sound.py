"""Rules about the sound of the cut (RM44x). One small function a rule.

What only the lengths of clips can tell is checked later, by assemble.
"""

from __future__ import annotations

from itertools import pairwise

from reelmake.compile.given import Given, Rule
from reelmake.diagnostics import Note, Report
from reelmake.model.order import REPLACES


def track_shots(given: Given, report: Report) -> None:
    shown = _shown(given)
    for track in given.board.sound.tracks:
        if not track.shot or track.shot in shown:
            continue
        span = track.spans.get("shot", track.span)
        if track.shot in given.board.shots:
            report.error("RM440", f'"{track.shot}" is not in the cut, so no sound can begin with it', span)
        else:
            report.error("RM440", f'unknown shot "{track.shot}" of a track', span, near=(track.shot, shown))


def _shown(given: Given) -> set[str]:
    """Shots that are in the cut; one that was made longer, larger or smoother gives its place to that clip."""
    if given.board.cut is not None:
        return {entry.shot for entry in given.board.cut}
    replaced = {shot.parent for shot in given.board.shots.values() if shot.relation in REPLACES}
    return set(given.board.shots) - replaced


def music_source(given: Given, report: Report) -> None:
    music = given.board.sound.music
    if music is None:
        return
    if not music.file and not music.prompt:
        says, hint = "this music has neither a file nor a prompt", "name a `file:`, or describe it with `prompt:`"
        report.error("RM444", says, music.span, hint=hint)
    elif music.file:
        for key in ("prompt", "tier", "seed", "takes", "pick", "extras"):
            if key in music.spans:
                notes = [Note("the file is named here", music.spans["file"])]
                hint = "remove one of them"
                says = f'music from a file has no "{key}": nothing is generated for it'
                report.error("RM444", says, music.spans[key], notes=notes, hint=hint)


def track_times(given: Given, report: Report) -> None:
    for track in given.board.sound.tracks:
        if "at" in track.spans and "shot" in track.spans:
            hint = "write `offset:` for seconds after the picture of the shot begins"
            report.error("RM441", "a track begins at a time or with a shot, not both", track.spans["at"], hint=hint)
        if "offset" in track.spans and "shot" not in track.spans:
            hint = "add `shot:`, or write `at:`"
            says = "an offset counts from a shot, and the track names none"
            report.error("RM441", says, track.spans["offset"], hint=hint)


def trims(given: Given, report: Report) -> None:
    for sound in (*given.board.sound.tracks, given.board.sound.music):
        if sound and sound.trim and sound.trim[1] is not None and sound.trim[1] <= sound.trim[0]:
            says, hint = "this trim ends before anything is heard", "write [from, to], in seconds"
            report.error("RM441", says, sound.spans.get("trim"), hint=hint)


def narration_leads(given: Given, report: Report) -> None:
    for track in given.board.sound.tracks:
        if track.kind == "narration" and track.duck:
            hint = "put `duck:` on what gets quieter: music, effects, `clips:`"
            report.error("RM442", "narration is never ducked", track.spans.get("duck"), hint=hint)


def leads_and_trails(given: Given, report: Report) -> None:
    """Between two entries the sound changes once: before the picture does, or after it."""
    cut = given.board.cut
    if not cut:
        return
    first, last = cut[0].sound, cut[-1].sound
    if first.lead:
        report.error("RM443", "nothing is before the first entry: its sound cannot lead", first.spans.get("lead"))
    if last.trail:
        report.error("RM443", "nothing follows the last entry: its sound cannot trail", last.spans.get("trail"))
    for entry in cut:
        if entry.sound.lead and entry.freeze_first:
            says = f'the sound of "{entry.shot}" cannot lead: its first frame is held, in silence'
            notes = [Note("it is held here", entry.spans.get("freeze"))]
            report.error("RM443", says, entry.sound.spans.get("lead"), notes=notes)
    for leaving, entering in pairwise(cut):
        if leaving.sound.trail and entering.sound.lead:
            says = f'the sound of "{entering.shot}" leads where that of "{leaving.shot}" trails'
            notes = [Note("the other is here", leaving.sound.spans.get("trail"))]
            report.error("RM443", says, entering.sound.spans.get("lead"), notes=notes, hint="keep one of them")


RULES: tuple[Rule, ...] = (music_source, track_shots, track_times, trims, narration_leads, leads_and_trails)
