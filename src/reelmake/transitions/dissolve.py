"""Dissolve: one picture melts into the next, both at half strength in the middle.

`curve: fast` hurries where the pictures differ much, `slow` where they differ little.
Knows nothing of clips or files.
"""

from reelmake.transitions._crossfade import Crossfade

NAME = "dissolve"
_XFADE = Crossfade("a dissolve", "{curve}", curve={"even": "fade", "fast": "fadefast", "slow": "fadeslow"})
PARAMS, complaint, fragment = _XFADE.params, _XFADE.complaint, _XFADE.fragment
