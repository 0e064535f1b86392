"""Rules about what is said: who says it, with which voice, and whether anybody can (RM44x, RM560 to RM567).

What only a measured line can tell is checked later, by plan/spoken_lengths.
"""

from __future__ import annotations

from collections.abc import Iterator

from reelmake.compile.given import Given, Rule, place, unknown
from reelmake.compile.models import listed
from reelmake.compile.speaking import speaking
from reelmake.diagnostics import Note, Report
from reelmake.model.provider import Model
from reelmake.model.speech import estimate
from reelmake.model.storyboard import SpokenLine, Voice

LONGEST = 10_000  # characters of a line: ten minutes, and more than nearly every provider speaks at once
_LISTED = 12  # voices or languages in a hint


def speakers(given: Given, report: Report) -> None:
    """Whoever speaks has a voice."""
    board = given.board
    for member in board.cast.values():
        if member.voice and member.voice not in board.voices:
            unknown(report, "RM560", "voice", member.voice, member.spans.get("voice", member.span), board.voices)
    if board.defaults.voice and board.defaults.voice not in board.voices:
        span = given.root.place("defaults", "voice")
        unknown(report, "RM560", "voice", board.defaults.voice, span, board.voices)
    for line in board.lines:
        speaker = board.cast.get(line.speaker)
        if not line.speaker:
            if not board.defaults.voice and len(board.voices) > 1:
                hint = f"set `defaults: {{voice: …}}`, or name who speaks: `{{{next(iter(board.voices))}: …}}`"
                report.error("RM562", f"nobody says which of {len(board.voices)} voices this is", line.span, hint=hint)
        elif line.speaker in board.voices or (speaker is not None and speaker.voice):
            continue
        elif speaker is not None:
            says, notes = f'"{speaker.name}" has no voice', [Note("this is who speaks", speaker.span)]
            hint = "add `voice:`, the name of an entry of `voices`"
            report.error("RM561", says, line.speaker_span, notes=notes, hint=hint)
        else:
            known = {*board.voices, *(name for name, one in board.cast.items() if one.voice)}
            unknown(report, "RM560", "speaker", line.speaker, line.speaker_span, known)


def words(given: Given, report: Report) -> None:
    """There is something to say, and not more than can be ordered at once."""
    for line in given.board.lines:
        if len(line.text) > LONGEST:
            says = f"this line has {len(line.text):,} characters; at most {LONGEST:,} are spoken at once"
            report.error("RM564", says, line.span, hint="break it into several lines of the shot")
        elif not estimate(line.text):
            says = "nothing is said here: this text has no word that is spoken"
            report.error("RM563", says, line.span, hint="write what is said, or remove the line")
    for line, _, model in _told(given):
        if model.characters is not None and len(line.text) > model.characters:
            most, over = f"{model.characters:,} characters", f"{len(line.text) - model.characters:,} more"
            says = f'the model "{model.name}" speaks at most {most} at once; this has {over}'
            report.error("RM564", says, line.span, notes=_read(model), hint="break it into several lines of the shot")


def voices(given: Given, report: Report) -> None:
    """What a model has no voice or no language for. Each voice is told once."""
    seen = set[str]()
    for _, voice, model in _told(given):
        if voice.name in seen:
            continue
        seen.add(voice.name)
        who = f'the model "{model.name}"'
        if voice.voice and model.voices and voice.voice not in model.voices:
            span = voice.spans.get("voice", voice.span)
            hint = f"it has {listed(model.voices)}" if len(model.voices) <= _LISTED else ""
            says = f'{who} has no voice "{voice.voice}"'
            report.error("RM565", says, span, notes=_read(model), near=(voice.voice, model.voices), hint=hint)
        if not model.speaks(voice.language):
            hint = f"it speaks {listed(model.languages)}" if len(model.languages) <= _LISTED else ""
            says, span = f"{who} does not speak {voice.language}", voice.spans.get("language", voice.span)
            report.error("RM566", says, span, notes=_read(model), hint=hint)


def auto(given: Given, report: Report) -> None:
    for shot in given.board.shots.values():
        if shot.auto and not shot.say and shot.id not in given.broken:
            says = f'"{shot.id}" is as long as what is said in it, and nothing is said'
            report.error("RM567", says, place(shot, "seconds"), hint="add `say:`, or write how many seconds")


def captions(given: Given, report: Report) -> None:
    """Captions come from one place, and something is said there."""
    said = given.board.captions
    if said.spoken and said.file:
        notes = [Note("the file is named here", said.spans.get("file"))]
        says, hint = "captions come from a file or from what is said, not from both", "remove one of them"
        report.error("RM445", says, given.root.place("captions", "from"), notes=notes, hint=hint)
    elif said.spoken and not given.board.lines:
        says, hint = "captions are to come from what is said, and nothing is said", "give a shot a line with `say:`"
        report.error("RM446", says, given.root.place("captions", "from"), hint=hint)


def lips(given: Given, report: Report) -> None:
    """Lips are moved to something that is said."""
    found = speaking(given.board, given.settled)
    for shot in given.generated:
        kind, called = given.settled[shot.id].kind, given.settled[shot.id].called
        spoken = shot.id in found and bool(found[shot.id].sent)
        if shot.relation == "lipsync" and kind is not None and "speech" in kind.asks("lipsync", called) and not spoken:
            says, hint = f'nothing is said in "{shot.parent}"', "give it a line with `say:`, or say one here"
            report.error("RM448", says, place(shot, "lipsync"), hint=hint)


def _told(given: Given) -> Iterator[tuple[SpokenLine, Voice, Model]]:
    """Lines of whose models something is known."""
    for line in given.board.lines:
        voice, model = given.board.voice(line), given.settled[line.id].model
        if voice is not None and model is not None and model.medium == "speech":
            yield line, voice, model


def _read(model: Model) -> list[Note]:
    """Where what is known of it was read."""
    as_of = f", as of {model.as_of}" if model.as_of else ""
    return [Note(f"what is known of it: {model.source}{as_of}")] if model.source else []


RULES: tuple[Rule, ...] = (speakers, words, voices, auto, captions, lips)
