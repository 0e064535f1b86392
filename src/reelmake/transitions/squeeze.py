"""Squeeze: this picture is pressed to a line in the middle and leaves the next. Knows nothing of clips or files."""

from reelmake.transitions._crossfade import Crossfade

NAME = "squeeze"
_XFADE = Crossfade(
    "a squeeze", "squeeze{axis}", axis={"horizontal": "v", "vertical": "h"}
)  # xfade names the line that is left
PARAMS, complaint, fragment = _XFADE.params, _XFADE.complaint, _XFADE.fragment
