"""Options that several commands share. Knows no command."""

from __future__ import annotations

import argparse

SELECTION = "an id, a tag, an output, a pattern ('park*'), +SHOT, SHOT+ or @changed:REV"


def add(parser: argparse.ArgumentParser, *groups: str, shots: str = "") -> None:
    """The shared options of these groups, in this order; `shots`: what SHOTs are for, if the command takes any."""
    if shots:
        parser.add_argument("shots", nargs="*", metavar="SHOT", help=f"{SELECTION} {shots}")
    for group in groups:
        _GROUPS[group](parser)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-f", "--file", metavar="FILE", help="the storyboard (default: storyboard.yaml in this folder or a parent)"
    )
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="colour (default: auto)")
    parser.add_argument("-q", "--quiet", action="store_true", help="print errors only")


def _storyboard(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--profile", default="", metavar="NAME", help="apply this profile of the storyboard")
    what = "leave the shared store alone: neither ask it nor push to it"
    parser.add_argument("--offline", action="store_true", help=what)
    what = "set a variable, or a key by its dotted path (defaults.seconds=2); may be repeated"
    parser.add_argument("--set", dest="settings", action="append", default=[], metavar="NAME=VALUE", help=what)


def _draft(parser: argparse.ArgumentParser) -> None:
    what = "draw every shot with sketch, whatever the storyboard says: contacts no provider, reads no secret"
    parser.add_argument("--draft", action="store_true", help=what)


def _stills(parser: argparse.ArgumentParser) -> None:
    what = "make stills, speech and music only; each shot's picture stands in for its clip, in cut.stills.mp4"
    parser.add_argument("--stills", action="store_true", help=what)


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, for programs")


def _spending(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--budget", metavar="USD", help="refuse to spend more than this")
    parser.add_argument("--yes", "-y", action="store_true", help="pay without asking")


def _remake(parser: argparse.ArgumentParser) -> None:
    what = "order again takes that were made before but are missing here"
    parser.add_argument("--remake", action="store_true", help=what)


_GROUPS = {
    "common": _common,  # what every command takes
    "storyboard": _storyboard,  # what shapes the storyboard before it is read
    "draft": _draft,
    "stills": _stills,
    "json": _json,
    "spending": _spending,
    "remake": _remake,
}
