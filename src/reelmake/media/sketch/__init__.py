"""The painting half of `sketch`: a scene as data becomes an mp4, the same bytes for the same order."""

from __future__ import annotations

from reelmake.media.sketch.film import render

__all__ = ["render"]
