"""Iris: a circle opens on the next picture, or closes over this one, or both, with black between them.

Knows nothing of clips or files.
"""

from reelmake.transitions._crossfade import Crossfade

NAME = "iris"
_XFADE = Crossfade(
    "an iris", "{direction}", direction={"open": "circleopen", "close": "circleclose", "both": "circlecrop"}
)
PARAMS, complaint, fragment = _XFADE.params, _XFADE.complaint, _XFADE.fragment
