"""A review as Markdown: for the summary of a job, and for one comment on a pull request that is written anew each time.

Somebody else's words do nothing there: they are code, or have no character that means anything. Knows nothing of who
hosts the pull request, but how long a comment may be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from urllib.parse import quote

from reelmake.diagnostics import Diagnostic
from reelmake.model.time import clock
from reelmake.report.naming import DRAFT, about, counted, money
from reelmake.report.plan_table import words
from reelmake.report.review import KINDS, Review, ShotReview, short
from reelmake.visible import visible

MARKER = "<!-- reelmake report -->"  # the first line: whoever has a comment that begins so writes it anew
LONGEST = 60_000  # bytes; GitHub takes 65,536 characters of a comment
_LATER = "… and {} more: see the whole report"
_PROMPT = 1_500  # characters of a prompt
_TOLD = 25  # diagnostics


def markdown(review: Review, images: str = "", whole: str = "") -> str:
    """`images`: where `strip_name` of each changed shot is found, "" = no pictures. `whole`: the address of the whole
    report, "" = it is not said."""
    lines = [MARKER, f"### {words(review.title)}: {headline(review)}", ""]
    lines += [f"- {line}" for line in facts(review, words)]
    lines += [f"- [The whole report]({_address(whole)}): old and new side by side"] if whole else []
    lines += _diagnostics(review)
    room = LONGEST - len("\n".join(lines).encode())
    for block in _blocks(review, images):
        room -= len(block.encode()) + 1
        if room < 0:
            lines.append(_LATER.format("there is").replace("there is more", "more"))
            break
        lines.append(block)
    return "\n".join(lines) + "\n"


def headline(review: Review) -> str:
    """ "2 shots changed, 1 new; 3 follow", "nothing changed", "3 errors"."""
    if errors := sum(d.severity == "error" for d in review.diagnostics):
        return f"{errors} error{'s' * (errors != 1)}"
    kinds = [shot.kind for shot in review.changed]
    parts = [f"{n} {KINDS[kind]}" for kind in KINDS if (n := kinds.count(kind))]
    if not parts:
        if review.base:
            return "the film changed, no shot did" if review.film else "nothing changed"
        return "all that is shown is made" if review.generate else "all is made"
    return ", ".join(parts)


def facts(review: Review, said: Callable[[str], str] = str) -> Iterator[str]:
    """What it comes to, a line each; `said`: words of somebody else as they may stand there."""
    if review.failed:
        yield "mistakes come first: nothing is compared before they are mended"
        return
    if review.base:
        yield f"compared with {said(review.base)}"
    if review.draft:
        yield f"{DRAFT}, nothing is ordered"
    if work := counted(review.generate, review.reuse, f" ({_price(review)})" if review.generate else ""):
        yield f"to build: {'' if review.generate else 'nothing, '}{work}" + (
            f", {about(review.took)}" if review.took >= 1 else ""
        )
    if review.away:
        yield f"{review.away} made before, and not here"
    for one in review.lengths:
        if one.new is not None and not review.base:
            yield f"{said(one.output)}: {clock(one.new)}"
        elif one.old != one.new:
            yield f"{said(one.output)}: {change_of_length(one.old, one.new)}"
    for part, _ in review.film:
        yield f"{said(part)} changed"
    yield from (said(short(line, 400)) for line in review.trouble)


def _price(review: Review) -> str:
    price = f"up to {money(review.cost)}" if review.cost else "free"
    return price + (f" and {review.unpriced} of unknown price" if review.unpriced else "")


def change_of_length(old: Fraction | None, new: Fraction | None) -> str:
    """ "0:04.0 → 0:05.0 (+1.0 s)", "0:04.0"; "new, 0:04.0"; "gone, was 0:04.0"."""
    if old is None or new is None:
        return f"new, {clock(new)}" if new is not None else f"gone, was {clock(old)}" if old is not None else ""
    if old == new:
        return clock(new)
    more = new - old
    return f"{clock(old)} → {clock(new)} ({'+' if more > 0 else '−'}{float(abs(more)):.1f} s)"


def strip_name(shot: str) -> str:
    """The file of a changed shot's strip: "lisbon.park-1a2b3c4d.png", for any address one of its own."""
    from hashlib import sha256

    plain = re.sub(r"[^A-Za-z0-9_-]+", ".", shot)[:60].strip(".") or "shot"
    return f"{plain}-{sha256(shot.encode()).hexdigest()[:8]}.png"


def _blocks(review: Review, images: str) -> Iterator[str]:
    """Pieces of the text, each whole: the most important first."""
    changed = review.changed
    if changed:
        yield "\n| shot | what | why | length | cost |\n| --- | --- | --- | ---: | ---: |"
        yield from map(_row, changed)
    if images:
        for shot in changed:
            if shot.strip:
                file = f"{images.rstrip('/')}/{strip_name(shot.shot)}"
                yield f"\n{words(shot.shot)}, before above, after below:\n\n![before and after]({_address(file)})"
    for shot in changed:
        if prompt := _prompt(shot):
            yield f"\n{words(shot.shot)}:\n{prompt}"


def _row(shot: ShotReview) -> str:
    old, new = shot.old, shot.new
    then, now = (side.seconds if side else None for side in (old or new, new or old))  # that it is new is said before
    length = change_of_length(then, now)
    cost = "" if new is None or new.made or (not new.cost and new.cost is not None) else money(new.cost)
    cells = (words(shot.shot, cell=True), KINDS[shot.kind], words(short(shot.reason), cell=True), length, cost)
    return "| " + " | ".join(cells) + " |"


def _prompt(shot: ShotReview) -> str:
    """Old and new words as a fenced diff, in which nothing means anything."""
    old, new = shot.words
    if old == new or not (old or new):
        return ""
    lines = [f"{mark} {line}" for mark, text in (("-", old), ("+", new)) if text for line in _lines(text)]
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", "\n".join(lines))), default=0))
    return "\n".join([f"{fence}diff", *lines, fence])


def _lines(text: str) -> Sequence[str]:
    return visible(text if len(text) <= _PROMPT else text[: _PROMPT - 1] + "…").split("\n")


def _diagnostics(review: Review) -> list[str]:
    found = sorted(review.diagnostics, key=lambda d: (d.severity != "error", not review.new_here(d)))
    if not found:
        return []
    lines = ["", "| | where | what |", "| --- | --- | --- |", *(_told(d) for d in found[:_TOLD])]
    return [*lines, "", _LATER.format(len(found) - _TOLD)] if len(found) > _TOLD else lines


def _told(d: Diagnostic) -> str:
    said = words(short(d.message, 300), cell=True)
    return f"| {d.severity} {d.code} | {words(str(d.span), cell=True) if d.span else ''} | {said} |"


def _address(text: str) -> str:
    """A link's target: nothing in it ends the link."""
    return quote(text, safe=":/?&=#%~+,@!$'*;.-_")
