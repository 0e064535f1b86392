"""How one picture lies over another in a transition, whatever their pixel format. Knows no transition."""

from __future__ import annotations

from collections.abc import Mapping

LAID: Mapping[str, object] = {"format": "auto", "alpha": "straight", "shortest": 1}
"""Of `overlay`: in the pixel format of the picture below, for by itself it would take 8 bit 4:2:0."""
CLEAR = "yuva420p|yuva422p10le|yuva444p10le"
"""Pixel formats with alpha, of which `format` takes the one that loses nothing."""
