"""Where the bundled typeface is: Open Sans, so that a cut looks the same on every machine. Knows nothing of layout."""

from __future__ import annotations

from pathlib import Path

WEIGHTS = {"regular": "OpenSans-Regular.ttf", "semibold": "OpenSans-Semibold.ttf"}


def font(weight: str = "regular") -> Path:
    """The TrueType file of a weight: "regular" or "semibold". KeyError for another."""
    return Path(__file__).with_name("fonts") / WEIGHTS[weight]
