"""Do the words bring a place or a subject that a picture given with them would not hold already?

"A dog runs in", "she walks home along the tram line" do; "the woman turns and smiles", "the waves roll in" do not:
what has a "the" or a "her" before it is taken to be in the picture. Knows nothing of pictures.
"""

from __future__ import annotations

import re

from reelmake_sketch import lexicon, roles

_KNOWN = re.compile(r"(?:^|\W)(?:the|this|that|these|those|same|her|his|its|their|my|our)(?: [\w-]+){0,2} $")
_TOWARDS = re.compile(r"(?:^|\W)(?:along|into|through|across|down|up|towards?|past|enters?|leaves?)(?: [\w-]+){0,3} $")


def fresh(text: str) -> bool:
    """`text` in lower case. A clip that starts from a picture stays with it where this is False."""
    if roles.crowd(text) or any(not _KNOWN.search(text[:at]) for at in roles.places_of(text)):
        return True
    for table in (lexicon.THINGS, lexicon.MARKS):
        if any(not _KNOWN.search(text[:at]) for at in lexicon.wheres(table, text)):
            return True
    places = lexicon.wheres(lexicon.PLACES, text)
    return any(_TOWARDS.search(text[:at]) or not _KNOWN.search(text[:at]) for at in places)
