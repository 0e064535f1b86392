"""Rules about shots: what each is, and how they hang together (RM3xx). One small function a rule."""

from __future__ import annotations

from reelmake.compile.given import Given, Rule, place
from reelmake.diagnostics import Note, Report, Span
from reelmake.model.frame import Size
from reelmake.model.order import RELATIONS
from reelmake.model.storyboard import Shot

NOT_FOR_FOOTAGE = (
    "prompt",
    "seconds",
    "takes",
    "pick",
    "seed",
    "variation",
    "tier",
    "size",
    "image",
    "last_image",
    "extras",
    "if_gone",
    "retry_moderation",
    *RELATIONS,
)
_SMALLEST, _LARGEST = 16, 8192  # pixels


def some_shots(given: Given, report: Report) -> None:
    shots = given.root.get("shots")
    if shots is not None and shots.kind == "map" and not shots.value:
        report.error(
            "RM301",
            "there are no shots",
            shots.span,
            hint="add one: `skyline: {prompt: Wide shot of the city at dawn.}`",
        )


def same_but_for_case(given: Given, report: Report) -> None:
    first: dict[str, Shot] = {}
    for shot in given.board.shots.values():
        twin = first.setdefault(shot.id.lower(), shot)
        if twin is not shot:
            report.error(
                "RM210",
                f'"{shot.id}" and "{twin.id}" differ only in case',
                shot.span,
                notes=[Note("the first one is here", twin.span)],
                hint="some file systems cannot tell them apart",
            )


def prompt_or_file(given: Given, report: Report) -> None:
    for shot in given.board.shots.values():
        if shot.prompt is None and shot.ordered and shot.id not in given.broken:
            report.error(
                "RM302",
                f'the shot "{shot.id}" has no prompt, file or color',
                shot.span,
                hint="describe the shot with `prompt:`, or name footage with `file:`",
            )


def footage_is_not_made(given: Given, report: Report) -> None:
    for shot in given.board.shots.values():
        kind, what = ("color", "a plain color") if shot.color else ("file", "footage")
        for key in () if shot.ordered else ("file", *NOT_FOR_FOOTAGE):
            if key in shot.spans and key != kind and not (key == "seconds" and shot.still):
                why = "nothing is generated for it" if shot.color else "it already exists"
                report.error(
                    "RM303",
                    f'{what} has no "{key}": {why}',
                    shot.spans[key],
                    notes=[Note(f"the {kind} is named here", shot.spans.get(kind))],
                    hint="remove one of them; `trim:` in the cut shows a part of a file"
                    if key == "seconds"
                    else "remove one of them",
                )


def one_relation(given: Given, report: Report) -> None:
    for shot in given.board.shots.values():
        said = [relation for relation in RELATIONS if relation in shot.spans]
        if len(said) > 1:
            report.error(
                "RM304",
                f'"{shot.id}" can be one of these: {", ".join(said)}',
                shot.spans[said[1]],
                notes=[Note("the other one is here", shot.spans[said[0]])],
            )


def parents(given: Given, report: Report) -> None:
    for shot in given.board.shots.values():
        if shot.parent and shot.parent not in given.board.shots:
            report.error(
                "RM305",
                f'unknown shot "{shot.parent}"',
                place(shot, shot.relation or ""),
                near=(shot.parent, given.board.shots.keys() - {shot.id}),
            )


def cycles(given: Given, report: Report) -> None:
    """A shot that needs itself. Each cycle is told once, from the shot that stands first in the text."""
    parents = {shot.id: shot.parent for shot in given.board.shots.values() if shot.relation}
    done: set[str] = set()
    for start in parents:
        trail: dict[str, None] = {}
        at = start
        while at in parents and at not in done and at not in trail:
            trail[at] = None
            at = parents[at]
        if at in trail:
            ring = list(trail)[list(trail).index(at) :]
            _cycle(given, ring, report)
        done.update(trail)


def _cycle(given: Given, ring: list[str], report: Report) -> None:
    order = list(given.board.shots)
    begin = ring.index(min(ring, key=order.index))
    ring = ring[begin:] + ring[:begin]
    first, last = given.board.shots[ring[0]], given.board.shots[ring[-1]]
    turn = Note(f'"{last.id}" depends on it in turn', place(last, last.relation or ""))
    report.error(
        "RM306",
        f"a shot cannot depend on itself: {' → '.join([*ring, ring[0]])}",
        place(first, first.relation or ""),
        notes=[turn] if last is not first else [],
    )


def source_is_generated(given: Given, report: Report) -> None:
    for shot in given.board.shots.values():
        parent = given.board.shots.get(shot.parent)
        if parent is not None and not parent.ordered and shot.relation in ("remix", "extend"):
            what, kind = ("a plain color", "color") if parent.color else ("footage", "file")
            way = "remixed" if shot.relation == "remix" else "extended"
            report.error(
                "RM307",
                f'{what} cannot be {way}: "{parent.id}" is a {kind}',
                place(shot, shot.relation),
                notes=[Note(f"the {kind} is named here", place(parent, kind))],
                hint=f"`continue: {parent.id}` starts from its last frame",
            )


def prompts_say_something(given: Given, report: Report) -> None:
    for shot in given.generated:
        if shot.prompt is not None and not shot.prompt.text and shot.id not in given.broken:
            report.error(
                "RM308",
                f'the prompt of "{shot.id}" is empty',
                place(shot, "prompt"),
                hint="describe what the shot shows",
            )


def picks(given: Given, report: Report) -> None:
    for shot in given.generated:
        takes = given.settled[shot.id].takes
        if shot.pick is not None and shot.pick > takes:
            word = "take" if takes == 1 else "takes"
            report.error(
                "RM309",
                f'"{shot.id}" has {takes} {word}; {shot.pick} cannot be picked',
                place(shot, "pick"),
                hint=f"write `takes: {shot.pick}`, or pick another",
            )


def sizes(given: Given, report: Report) -> None:
    board = given.board
    said = [(shot.size, place(shot, "size")) for shot in board.shots.values()]
    said += [(tier.size, _span(given, "tiers", tier.name, "size")) for tier in board.tiers.values()]
    said += [(board.defaults.size, _span(given, "defaults", "size"))]
    said += [(output.size, _span(given, "outputs", output.path, "size")) for output in board.outputs]
    for size, span in said:
        if size is not None and (problem := _problem(size)):
            hint = f"write {_even(size.width)}x{_even(size.height)}" if "odd" in problem else ""
            report.error("RM311", f"{size} {problem}", span, hint=hint)


def _span(given: Given, *path: str) -> Span | None:
    node = given.root.get(*path)
    return node.span if node is not None else None


def _problem(size: Size) -> str:
    if min(size.width, size.height) < _SMALLEST or max(size.width, size.height) > _LARGEST:
        return f"is not a usable size: sides are {_SMALLEST} to {_LARGEST} pixels"
    if size.width % 2 or size.height % 2:
        return "has an odd side: video needs even numbers of pixels"
    return ""


def _even(side: int) -> int:
    return side + side % 2


def one_first_frame(given: Given, report: Report) -> None:
    for shot in given.generated:
        if shot.image and shot.relation:
            report.error(
                "RM312",
                f'"{shot.id}" gets its first frame twice: from image and from {shot.relation}',
                shot.spans["image"],
                notes=[Note("the other one is here", place(shot, shot.relation))],
                hint="remove one of them",
            )


RULES: tuple[Rule, ...] = (
    some_shots, same_but_for_case, prompt_or_file, footage_is_not_made, one_relation, parents, cycles,
    source_is_generated, prompts_say_something, picks, sizes, one_first_frame,
)  # fmt: skip
