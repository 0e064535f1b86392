"""Blinds: the next picture comes in stripes, one after the other; `direction` is where the stripes spread to.

Knows nothing of clips or files.
"""

from reelmake.transitions._crossfade import Crossfade

NAME = "blinds"
_XFADE = Crossfade(
    "blinds", "{direction}", direction={"left": "hlslice", "right": "hrslice", "up": "vuslice", "down": "vdslice"}
)
PARAMS, complaint, fragment = _XFADE.params, _XFADE.complaint, _XFADE.fragment
