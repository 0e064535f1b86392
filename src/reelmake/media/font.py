"""Where the bundled typeface is: Open Sans, so that a cut looks the same on every machine. Knows nothing of layout."""

from __future__ import annotations

from pathlib import Path

FAMILY = "Open Sans"
WEIGHTS = {"regular": "OpenSans-Regular.ttf", "semibold": "OpenSans-Semibold.ttf"}


def folder() -> Path:
    """The folder of the font files, as libass wants it (`fontsdir`)."""
    return Path(__file__).with_name("fonts")


def font(weight: str = "regular") -> Path:
    """The TrueType file of a weight: "regular" or "semibold". KeyError for another."""
    return folder() / WEIGHTS[weight]
