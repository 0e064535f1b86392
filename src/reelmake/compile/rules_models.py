"""Rules about what a model can do: sizes, lengths, operations, pictures, and until when it is there (RM43x, RM523).

Hold the shots against what the catalog and the storyboard say of their models; what is not stated is not refused.
Know nothing of a file's pixels: that is plan/image_checks.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction

from reelmake.compile.given import Given, Rule, place
from reelmake.compile.models import listed, number, said_lengths
from reelmake.compile.reference_images import NONE
from reelmake.compile.settle import Settled
from reelmake.compile.speaking import act
from reelmake.diagnostics import Note, Report, Span
from reelmake.model.forms import OF_LENGTH, SPELLED, Unspelled
from reelmake.model.frame import Size
from reelmake.model.medium import BY_ID, CLIP, MEDIA, MediumName
from reelmake.model.order import CHANGES
from reelmake.model.provider import Model
from reelmake.model.storyboard import BED, Shot
from reelmake.records import dataclass

_NAMED = 8  # shots in a note
NEAR = timedelta(days=30)  # before a sunset
_WORDS = {"size": "size", "seconds": "length"}


@dataclass(frozen=True)
class _Misfit:
    """A size or a length that a shot's model does not make. `elsewhere`: where it stands, if not at the shot."""

    shot: Shot
    key: str
    message: str
    hint: str
    elsewhere: tuple[Note, ...]
    why: tuple[Note, ...]


def media(given: Given, report: Report) -> None:
    """A shot is a clip, so who makes it makes clips; who makes a still makes stills, who speaks, speech."""
    for id, medium, where in _ordered_media(given):
        settled, wanted = given.settled[id], MEDIA[medium].noun
        if settled.kind is None or id in given.broken:
            continue
        if settled.model is not None and settled.model.medium != medium:
            made, who = MEDIA[settled.model.medium].noun, _who(settled)
            notes = _why(given, settled, settled.model)
        elif medium not in settled.kind.media:
            made = listed(sorted(MEDIA[name].noun for name in settled.kind.media))
            who, notes = f'the provider "{settled.provider.name if settled.provider else settled.kind.kind}"', []
        else:
            continue
        key = medium if medium in ("still", "speech") else ""
        verb = "has" if medium == "speech" else "have"
        own = (
            f"{wanted} {verb} a default tier of {'its' if key == 'speech' else 'their'} own: `defaults: {{{key}: …}}`; "
        )
        hint = f"{own if key else ''}`reelmake providers` lists what makes {wanted}"
        report.error("RM432", f"{who} makes {made}, not {wanted}", where, notes=notes, hint=hint)


def _ordered_media(given: Given) -> Iterator[tuple[str, MediumName, Span | None]]:
    """All that is made: its id, its medium, and where its tier, or it, stands. Of all lines of a voice, the first."""
    board, voices = given.board, set[str]()
    yield from ((shot.id, shot.medium, place(shot, "tier")) for shot in given.generated)
    for line in board.lines:
        voice = board.voice(line)
        if voice is not None and voice.name not in voices:
            voices.add(voice.name)
            yield line.id, "speech", voice.spans.get("tier", line.span)
    if BED in given.settled and board.sound.music is not None:
        yield BED, "music", board.sound.music.spans.get("tier", board.sound.music.span)


def sizes(given: Given, report: Report) -> None:
    found = []
    for shot, settled, model in _ordered(given):
        if hint := _other_sizes(settled.size, model):
            message = f"{_who(settled)} makes no {MEDIA[shot.medium].noun} of {settled.size}"
            where = tuple(_elsewhere(given, shot, settled, "size", settled.size))
            found.append(_Misfit(shot, "size", message, hint, where, tuple(_why(given, settled, model))))
    _told_once(report, "RM430", found)


def _other_sizes(size: Size, model: Model) -> str:
    """What it makes instead of this size; "" if it makes it, or nobody knows."""
    if model.sizes and size not in model.sizes:
        return f"nearest: {_nearest_size(size, model.sizes)}; it makes {listed(model.sizes)}"
    side = min(size.width, size.height)
    if model.sides and side not in model.sides:
        near = min(model.sides, key=lambda known: abs(known - side))
        return f"its shorter side is {side}, and the nearest is {near}; it makes {listed(model.sides)}"
    return ""


def lengths(given: Given, report: Report) -> None:
    """A remix has the length of what it changes, and none is asked for."""
    found = []
    for shot, settled, model in _ordered(given):
        asked = settled.seconds
        if shot.relation in CHANGES or shot.auto or shot.medium != CLIP.name or _allowed(asked, model):
            continue
        choices = model.seconds or tuple(end for end in (model.shortest, model.longest) if end is not None)
        nearest = min(choices, key=lambda s: (abs(s - asked), s))
        message = f"{_who(settled)} makes no clips of {number(asked)} seconds"
        hint = f"nearest: {number(nearest)}; it makes {said_lengths(model)} seconds"
        where = tuple(_elsewhere(given, shot, settled, "seconds", asked))
        found.append(_Misfit(shot, "seconds", message, hint, where, tuple(_why(given, settled, model))))
    _told_once(report, "RM431", found)


def _told_once(report: Report, code: str, found: Sequence[_Misfit]) -> None:
    """A value that stands in one place and fits none of many shots is one mistake: the first shot stands for all."""
    groups: dict[object, list[_Misfit]] = {}
    for misfit in found:
        groups.setdefault((misfit.message, misfit.elsewhere) if misfit.elsewhere else misfit.shot.id, []).append(misfit)
    for first, *others in groups.values():
        names = [misfit.shot.id for misfit in others]
        shown = f"{', '.join(names[:_NAMED])}{' …' * (len(names) > _NAMED)}"
        too = [Note(f"the same goes for {len(names)} other shot{'s' * (len(names) > 1)}: {shown}")] if names else []
        where = place(first.shot, first.key)
        report.error(code, first.message, where, notes=[*first.elsewhere, *too, *first.why], hint=first.hint)


def operations(given: Given, report: Report) -> None:
    for shot, settled, model in _ordered(given):
        asked = shot.relation if shot.relation is not None and shot.relation != "continue" else "generate"
        if model.operations is None or asked in model.operations:
            continue
        if asked == "generate":
            made = MEDIA[shot.medium].noun
            ways = "`remix:` or `extend:` a shot with it" if shot.medium == CLIP.name else "`edit:` a still with it"
            wrong, where, help_ = f"makes no {made} from words alone", shot.span, ways
        else:
            wrong, where = f"cannot {asked} a {shot.medium}", place(shot, asked)
            help_ = "`continue:` starts from the last frame and works with every model that takes an image"
            help_ = help_ if asked in BY_ID else "`reelmake providers` lists what can"
        report.error("RM432", f"{_who(settled)} {wrong}", where, notes=_why(given, settled, model), hint=help_)


def pictures(given: Given, report: Report) -> None:
    for shot, settled, model in _ordered(given):
        notes, who = _why(given, settled, model), _who(settled)
        if (shot.image or shot.relation == "continue") and model.image is False:
            span = place(shot, "image" if shot.image else "continue")
            report.error("RM433", f"{who} takes no first image", span, notes=notes)
        if model.needs_image and shot.relation is None and not shot.image:
            hint = "add `image:`, or `continue:` a shot"
            report.error("RM433", f"{who} makes clips only from a first image", shot.span, notes=notes, hint=hint)
        if shot.last_image and model.last_image is False:
            report.error("RM433", f"{who} takes no last image", place(shot, "last_image"), notes=notes)
        images = given.images.get(shot.id, NONE)
        if images.left_out and model.references:
            every = len(images.along) + len(images.left_out)
            most = f"{model.references} reference picture{'s' * (model.references > 1)}"
            behind = listed([f"{image.name} ({image.of})" if image.of else image.name for image in images.left_out])
            says = f"{who} takes at most {most}, so {len(images.left_out)} of {every} stay behind: {behind}"
            hint = "`references:` go along first, in the order in which they stand there"
            where = place(shot, "references" if shot.references else "prompt")
            report.warn("RM437", says, where, notes=notes, hint=hint)


def sunsets(given: Given, report: Report) -> None:
    """Warns only: existing takes stay usable. What would have to be made is refused by the plan."""
    seen = set()
    soon = (date.fromisoformat(given.today) + NEAR).isoformat() if given.today else ""
    for _, settled, model in _ordered(given):
        tier = settled.tier
        if tier is None or tier.name in seen or not model.sunset or model.sunset > soon:
            continue
        seen.add(tier.name)
        says = f"{_who(settled)} {'ended' if model.gone(given.today) else 'ends'} on {model.sunset}"
        new = f"use {listed(model.instead)} for new clips; " if model.instead else ""
        span = given.root.place("tiers", tier.name, "model") or tier.span
        report.warn("RM436", says, span, notes=_read(given, settled, model), hint=f"{new}existing takes stay usable")


def spellings(given: Given, report: Report) -> None:
    """A vendor's file says which lengths and shapes it has a spelling for: others are refused, never rounded."""
    for shot in given.generated:
        settled = given.settled[shot.id]
        kind = settled.kind
        if kind is None or kind.forms is None or shot.id in given.broken:
            continue
        for word in SPELLED:
            if word not in kind.asks(act(shot, kind), settled.called) or _judged(settled, word):
                continue
            if word in OF_LENGTH and settled.auto:
                continue
            try:
                kind.forms.of(settled.called).spelled(word, settled.seconds, settled.size)
            except Unspelled as error:
                where = place(shot, "seconds" if word in OF_LENGTH else "size")
                known = f"nearest: {error.nearest}; it makes {', '.join(error.known)}"
                report.error("RM523", f"{error.what}, which {kind.kind} does not make", where, hint=known)


def _judged(settled: Settled, word: str) -> bool:
    """Is it known of the model, and has it been said?"""
    model = settled.model
    if model is None or word == "frames":
        return False
    if word == "seconds":
        return bool(model.seconds or model.shortest or model.longest)
    return bool(model.sizes) or (word == "resolution" and bool(model.sides))


def _ordered(given: Given) -> Iterator[tuple[Shot, Settled, Model]]:
    """Shots whose model something is known of, less those whose form is wrong already."""
    for shot in given.generated:
        settled = given.settled[shot.id]
        if settled.model is None or settled.kind is None or shot.id in given.broken:
            continue
        if settled.model.medium == shot.medium:
            yield shot, settled, settled.model


def _allowed(asked: Fraction, model: Model) -> bool:
    if model.seconds:
        return asked in model.seconds
    return (model.shortest or 0) <= asked and (model.longest is None or asked <= model.longest)


# -- what is said


def _who(settled: Settled) -> str:
    return f'the model "{settled.called}"'


def _elsewhere(given: Given, shot: Shot, settled: Settled, key: str, value: object) -> list[Note]:
    """Where a value stands that the shot does not say itself."""
    if key in shot.spans:
        return []
    tier, word = settled.tier, _WORDS[key]
    if tier is not None and getattr(tier, key) == value and key in tier.spans:
        return [Note(f"the {word} is its tier's", tier.spans[key])]
    default = given.root.place("defaults", key)
    if default is not None and getattr(given.board.defaults, key) == value:
        return [Note(f"the {word} is the default", default)]
    return [] if shot.relation else [Note(f"no {word} is set, so the built-in one applies")]


def _why(given: Given, settled: Settled, model: Model) -> list[Note]:
    tier = settled.tier
    named = tier.spans.get("model") if tier is not None else None
    return [*([Note("its tier names the model here", named)] if named else []), *_read(given, settled, model)]


def _read(given: Given, settled: Settled, model: Model) -> list[Note]:
    """Where what is known of the model was read."""
    provider = settled.provider
    own = given.root.place("providers", provider.name, "models", model.name) if provider is not None else None
    notes = [Note("the storyboard says here what it can do", own)] if own is not None else []
    if model.source:
        notes.append(Note(f"what is known of it: {model.source}" + (f", as of {model.as_of}" if model.as_of else "")))
    return notes


def _nearest_size(size: Size, known: Sequence[Size]) -> Size:
    """The same shape before the same area."""
    shape, area = Fraction(size.width, size.height), size.width * size.height

    def distance(other: Size) -> tuple[Fraction, int]:
        mine = Fraction(other.width, other.height)
        return max(shape, mine) / min(shape, mine), abs(other.width * other.height - area)

    return min(known, key=distance)


RULES: tuple[Rule, ...] = (media, sizes, lengths, operations, pictures, sunsets, spellings)
