"""Pixelize: this picture falls into ever larger squares, and they become the next one.

Knows nothing of clips or files.
"""

from reelmake.transitions._crossfade import Crossfade

NAME = "pixelize"
_XFADE = Crossfade("a pixelize", "pixelize")
PARAMS, complaint, fragment = _XFADE.params, _XFADE.complaint, _XFADE.fragment
