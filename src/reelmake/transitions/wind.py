"""Wind: this picture is blown away, streak by streak; `direction` is where it is blown to.

Knows nothing of clips or files.
"""

from reelmake.transitions._crossfade import Crossfade

NAME = "wind"
_XFADE = Crossfade(
    "a wind", "{direction}", direction={"left": "hlwind", "right": "hrwind", "up": "vuwind", "down": "vdwind"}
)
PARAMS, complaint, fragment = _XFADE.params, _XFADE.complaint, _XFADE.fragment
