"""Options that several commands share. Knows no command."""

from __future__ import annotations

import argparse


def common(parser: argparse.ArgumentParser) -> None:
    """What every command takes."""
    parser.add_argument(
        "-f", "--file", metavar="FILE", help="the storyboard (default: storyboard.yaml in this folder or a parent)"
    )
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="colour (default: auto)")
    parser.add_argument("-q", "--quiet", action="store_true", help="print errors only")


def storyboard(parser: argparse.ArgumentParser) -> None:
    """What shapes the storyboard before it is read."""
    parser.add_argument("--profile", default="", metavar="NAME", help="merge this profile over the document")
    parser.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set a variable, or a key by its dotted path (defaults.seconds=2); may be repeated",
    )


def draft(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--draft",
        action="store_true",
        help="draw every shot with sketch, whatever the storyboard says: contacts no provider, reads no secret",
    )


def json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, for programs")


def spending(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--budget", metavar="USD", help="refuse to spend more than this")
    parser.add_argument("--yes", "-y", action="store_true", help="pay without asking")


def remake(parser: argparse.ArgumentParser) -> None:
    what = "order again the takes that were made before and are not here"
    parser.add_argument("--remake", action="store_true", help=what)


def shots(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("shots", nargs="*", metavar="SHOT", help=what)
