"""Somebody else's words in Markdown, such as a comment on a pull request: they say what they say, and do nothing.

A name, a path or a reason may hold a mention, a link, HTML or the end of a table. What has none of the characters for
it stands as it is; anything else is code. Knows nothing of plans.
"""

from __future__ import annotations

import re

from reelmake.visible import one_line

_HARMLESS = re.compile(r"(?:[^\W_]|[ .,;:()'%$+=/→…·–—-])*")
_LINKED = re.compile(r"://|www\.|\bGH-\d", re.IGNORECASE)  # by GitHub itself


def words(text: str, *, cell: bool = False) -> str:
    """`cell`: of a table, where a bar is one even inside code."""
    if _HARMLESS.fullmatch(text) and not _LINKED.search(text):
        return text
    text = one_line(text)
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    room = " " if text.startswith("`") or text.endswith("`") else ""
    code = f"{fence}{room}{text}{room}{fence}"
    return code.replace("|", "\\|") if cell else code
