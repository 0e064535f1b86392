"""The /v1/videos dialect, spoken by OpenAI's video service and by servers that imitate it: what it can do, as data.

This version plans and prices such shots but has no conversation with a server yet: there is no `connect` here, so a
build that would pay one is refused before anything is sent (RM805).
"""

from __future__ import annotations

from reelmake.model.provider import OPERATIONS, Capabilities

CAPABILITIES = Capabilities(
    kind="openai-videos",
    dialect="openai-videos/1",
    operations=frozenset(OPERATIONS),
    negative=False,  # the dialect has no such field: `avoid` becomes a sentence of the prompt
    image=True,  # the first frame
    last_image=False,
    references=False,
)
