"""Rules about shots: what each is, and how they hang together (RM3xx, RM519). One small function a rule."""

from __future__ import annotations

from collections.abc import Iterator

from reelmake.compile.given import Given, Rule, place, unknown
from reelmake.compile.reference_images import made_from
from reelmake.compile.settle import can_do_without
from reelmake.diagnostics import Note, Report, Span
from reelmake.model.frame import Size
from reelmake.model.medium import BY_ID
from reelmake.model.order import RELATIONS
from reelmake.model.storyboard import Shot

NOT_FOR_FOOTAGE = (
    "prompt", "seconds", "takes", "pick", "seed", "variation", "tier", "size", "image", "last_image", "references",
    "extras", "if_gone", "retry_moderation", "fallback", *RELATIONS,
)  # fmt: skip
WORDLESS = {"lipsync": "lip-synced", "upscale": "upscaled", "interpolate": "interpolated"}  # what needs no prompt
FRAMES = "`stills: {last: {frame: {shot: park, at: end}}}` takes a picture out of a clip"
_SMALLEST, _LARGEST = 16, 8192  # pixels


def some_shots(given: Given, report: Report) -> None:
    shots = given.root.get("shots")
    if shots is not None and shots.kind == "map" and not shots.value:
        hint = "add one: `skyline: {prompt: Wide shot of the city at dawn.}`"
        report.error("RM301", "there are no shots", shots.span, hint=hint)


def same_but_for_case(given: Given, report: Report) -> None:
    """Two ids that a file system may not tell apart; and of a shot and a still, which share their names, the same."""
    first: dict[str, Shot] = {}
    for shot in (*given.board.shots.values(), *given.board.stills.values()):
        twin = first.setdefault(shot.id.lower(), shot)
        if shot.id == twin.id and shot is not twin:
            notes = [Note("the shot is here", twin.span)]
            hint = "rename one of them; the cut may show a still as it shows a shot"
            report.error("RM313", f'"{shot.id}" is a shot and a still', shot.span, notes=notes, hint=hint)
            continue
        if twin is not shot:
            says, notes = f'"{shot.id}" and "{twin.id}" differ only in case', [Note("the first one is here", twin.span)]
            report.error("RM210", says, shot.span, notes=notes, hint="some file systems cannot tell them apart")


def prompt_or_file(given: Given, report: Report) -> None:
    for shot in given.generated:
        if shot.prompt is None and shot.relation not in WORDLESS and shot.id not in given.broken:
            if shot.medium == "still":
                says = f'the still "{shot.id}" has no prompt or frame'
                hint = "describe it with `prompt:`, or take a `frame:` out of a shot"
            else:
                says = f'the shot "{shot.id}" has no prompt, file or color'
                hint = "describe the shot with `prompt:`, or name footage with `file:`"
            report.error("RM302", says, shot.span, hint=hint)


def footage_is_not_made(given: Given, report: Report) -> None:
    for shot in given.board.shots.values():
        kind, what = ("color", "a plain color") if shot.color else ("file", "footage")
        for key in () if shot.ordered else ("file", *NOT_FOR_FOOTAGE):
            if key in shot.spans and key != kind and not (key == "seconds" and shot.motionless):
                why = "nothing is generated for it" if shot.color else "it already exists"
                hint = f"remove one of them{'; `trim:` in the cut shows a part of a file' * (key == 'seconds')}"
                notes = [Note(f"the {kind} is named here", shot.spans.get(kind))]
                report.error("RM303", f'{what} has no "{key}": {why}', shot.spans[key], notes=notes, hint=hint)


def one_relation(given: Given, report: Report) -> None:
    for shot in given.board.shots.values():
        said = [relation for relation in RELATIONS if relation in shot.spans]
        if len(said) > 1:
            says, notes = f'"{shot.id}" can be one of these: {", ".join(said)}', [_other(shot, said[0])]
            report.error("RM304", says, shot.spans[said[1]], notes=notes)


def _other(shot: Shot, key: str) -> Note:
    return Note("the other one is here", place(shot, key))


def parents(given: Given, report: Report) -> None:
    """What a shot or a still starts from; a still that is used; whether it is there, and of the right sort."""
    board = given.board
    for shot in board.pictured.values():
        others, noun = (board.stills, "still") if shot.relation == "edit" else (board.shots, "shot")
        if shot.parent and shot.parent not in others:
            span = place(shot, "frame" if shot.framed else shot.relation or "")
            if shot.parent in board.skipped:
                hint = "remove `skip:` there, or skip this one too"
                report.error("RM314", f'"{shot.parent}" is skipped, and "{shot.id}" starts from it', span, hint=hint)
            elif shot.parent in board.pictured:
                is_, wants = ("a still", "a clip") if noun == "shot" else ("a shot", "a still")
                hint = f"`image: {{still: {shot.parent}}}` starts from a picture" if noun == "shot" else FRAMES
                report.error("RM315", f'"{shot.parent}" is {is_}, and {wants} is needed here', span, hint=hint)
            else:
                unknown(report, "RM305", noun, shot.parent, span, others.keys() - {shot.id})
    for still, span in _stills_used(given):
        if still in board.shots:
            report.error("RM315", f'"{still}" is a shot, and a still is needed here', span, hint=FRAMES)
        elif still not in board.stills:
            unknown(report, "RM305", "still", still, span, board.stills)


def _stills_used(given: Given) -> Iterator[tuple[str, Span | None]]:
    board = given.board
    for shot in board.pictured.values():
        if shot.still:
            yield shot.still, place(shot, "file")
        for image in (shot.image, shot.last_image, *shot.references):
            if image is not None and image.still and not image.of:
                yield image.still, image.span
    for member in board.cast.values():
        yield from ((image.still, image.span) for image in member.images if image.still)


def cycles(given: Given, report: Report) -> None:
    """A shot or still that needs itself. Each cycle is told once, from the one that stands first in the text."""
    pictured = given.board.pictured
    needs = {id: [used for used in made_from(shot) if used in pictured] for id, shot in pictured.items()}
    done: set[str] = set()
    for start in pictured:
        trail, ways = [start], [iter(needs[start])]
        while trail:
            after = next(ways[-1], None) if trail[-1] not in done else None
            if after is None:
                done.add(trail.pop())
                ways.pop()
            elif after in trail:
                _cycle(given, trail[trail.index(after) :], report)
            elif after not in done:
                trail.append(after)
                ways.append(iter(needs[after]))


def _cycle(given: Given, ring: list[str], report: Report) -> None:
    pictured = given.board.pictured
    order = list(pictured)
    begin = ring.index(min(ring, key=order.index))
    ring = ring[begin:] + ring[:begin]
    first, last = pictured[ring[0]], pictured[ring[-1]]
    turn = Note(f'"{last.id}" depends on it in turn', place(last, made_from(last)[first.id]))
    noun = "shot" if first.medium == "clip" else "still"
    says, notes = (
        f"a {noun} cannot depend on itself: {' → '.join([*ring, ring[0]])}",
        [turn] if last is not first else [],
    )
    report.error("RM306", says, place(first, made_from(first)[(*ring, ring[0])[1]]), notes=notes)


def source_is_generated(given: Given, report: Report) -> None:
    for shot in given.board.shots.values():
        parent = given.board.shots.get(shot.parent)
        if parent is not None and not parent.ordered and shot.relation in BY_ID:
            what, kind = ("a plain color", "color") if parent.color else ("footage", "file")
            way = "remixed" if shot.relation == "remix" else "extended"
            says, notes = (
                f'{what} cannot be {way}: "{parent.id}" is a {kind}',
                [Note(f"the {kind} is named here", place(parent, kind))],
            )
            hint = f"`continue: {parent.id}` starts from its last frame"
            report.error("RM307", says, place(shot, shot.relation), notes=notes, hint=hint)


def source_moves(given: Given, report: Report) -> None:
    """What is made larger, smoother or given lips is a clip."""
    for shot in given.board.shots.values():
        parent = given.board.shots.get(shot.parent)
        if parent is not None and parent.motionless and shot.relation in WORDLESS:
            what = "a plain color" if parent.color else "a picture"
            says = f'"{parent.id}" is {what}, and only a clip can be {WORDLESS[shot.relation]}'
            hint = "name a shot that is generated, or footage"
            report.error("RM307", says, place(shot, shot.relation), hint=hint)


def prompts_say_something(given: Given, report: Report) -> None:
    for shot in given.generated:
        if shot.prompt is not None and not shot.prompt.text and shot.id not in given.broken:
            says = f'the prompt of "{shot.id}" is empty'
            report.error("RM308", says, place(shot, "prompt"), hint="describe what the shot shows")


def picks(given: Given, report: Report) -> None:
    for shot in given.generated:
        takes = given.settled[shot.id].takes
        if shot.pick is not None and shot.pick > takes:
            says = f'"{shot.id}" has {takes} take{"s" * (takes != 1)}; {shot.pick} cannot be picked'
            report.error("RM309", says, place(shot, "pick"), hint=f"write `takes: {shot.pick}`, or pick another")


def sizes(given: Given, report: Report) -> None:
    board = given.board
    said = [(shot.size, place(shot, "size")) for shot in board.pictured.values()]
    said += [(tier.size, given.root.place("tiers", tier.name, "size")) for tier in board.tiers.values()]
    said += [(board.defaults.size, given.root.place("defaults", "size"))]
    said += [(output.size, given.root.place("outputs", output.path, "size")) for output in board.outputs]
    for size, span in said:
        if size is not None and (problem := _problem(size)):
            even = Size(size.width + size.width % 2, size.height + size.height % 2)
            hint = f"write {even}" if "odd" in problem else ""
            report.error("RM311", f"{size} {problem}", span, hint=hint)


def _problem(size: Size) -> str:
    if min(size.width, size.height) < _SMALLEST or max(size.width, size.height) > _LARGEST:
        return f"is not a usable size: sides are {_SMALLEST} to {_LARGEST} pixels"
    if size.width % 2 or size.height % 2:
        return "has an odd side: video needs even numbers of pixels"
    return ""


def one_first_frame(given: Given, report: Report) -> None:
    for shot in given.generated:
        if shot.image and shot.relation:
            says = f'"{shot.id}" gets its first frame twice: from image and from {shot.relation}'
            notes = [_other(shot, shot.relation)]
            report.error("RM312", says, shot.spans["image"], notes=notes, hint="remove one of them")


def if_gone_has_a_source(given: Given, report: Report) -> None:
    for shot in given.generated:
        if shot.if_gone and shot.relation not in BY_ID:
            says = f'"{shot.id}" neither remixes nor extends a shot, so `if_gone:` has no effect'
            report.error("RM519", says, place(shot, "if_gone"), hint="remove it")


def if_gone_is_possible(given: Given, report: Report) -> None:
    """What was said of all shots (`defaults`) holds where it can; what a shot says itself must be possible."""
    for shot in given.generated:
        kind = given.settled[shot.id].kind
        if kind is None or kind.local or shot.relation not in BY_ID or not shot.if_gone:
            continue
        if not can_do_without(shot.if_gone, shot.relation, kind):
            why = f"{kind.kind} takes no {'clip that it did not make' if shot.if_gone == 'upload' else 'first image'}"
            if shot.if_gone == "continue" and shot.relation == "extend":
                why = "an extension is the whole, longer clip, and what starts from a last frame is only its end"
            says = f"`if_gone: {shot.if_gone}` is not possible here: {why}"
            hint = "`if_gone: regenerate` makes another take of the source first; `stop` is the default"
            report.error("RM519", says, place(shot, "if_gone"), hint=hint)


RULES: tuple[Rule, ...] = (
    some_shots, same_but_for_case, prompt_or_file, footage_is_not_made, one_relation, parents, cycles,
    source_is_generated, source_moves, prompts_say_something, picks, sizes, one_first_frame, if_gone_has_a_source,
    if_gone_is_possible,
)  # fmt: skip
