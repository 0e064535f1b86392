"""Doors: two edges part from the middle and open the next picture, or shut it over this one.

Knows nothing of clips or files.
"""

from reelmake.transitions._crossfade import Crossfade

NAME = "doors"
_XFADE = Crossfade(
    "doors",
    "{axis}{direction}",
    direction={"open": "open", "close": "close"},
    axis={"horizontal": "vert", "vertical": "horz"},  # xfade names the edge, we the move
)
PARAMS, complaint, fragment = _XFADE.params, _XFADE.complaint, _XFADE.fragment
