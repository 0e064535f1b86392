"""Blur: one picture blurs while it melts into the next, which becomes sharp. Knows nothing of clips or files."""

from reelmake.transitions._crossfade import Crossfade

NAME = "blur"
_XFADE = Crossfade("a blur", "hblur")
PARAMS, complaint, fragment = _XFADE.params, _XFADE.complaint, _XFADE.fragment
