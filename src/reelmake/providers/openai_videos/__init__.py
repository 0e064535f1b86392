"""The /v1/videos shape, spoken by OpenAI's video service while it lasted and by many servers since.

One conversation with options for what differs. Knows no host and no model.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reelmake.model.medium import Operation
from reelmake.model.provider import Capabilities
from reelmake.model.storyboard import ProviderSpec
from reelmake.providers.openai_videos.dialect import OPTIONS, dialect

if TYPE_CHECKING:
    from reelmake.providers.openai_videos.conversation import Videos

_SHAPE = Capabilities(
    kind="openai-videos",
    dialect="openai-videos/1",
    operations=frozenset({"generate", "remix", "extend"}),
    negative=False,  # the shape has no such field: `avoid` becomes a sentence of the prompt
    image=True,  # the first frame
    last_image=False,
    references=False,
    exact_image=True,
    uploads=True,
    options=OPTIONS,
)
_NEW = frozenset[Operation]({"generate"})
_OWN_MODELS = replace(_SHAPE, operations=_NEW, negative=True, exact_image=False, uploads=False)
CAPABILITIES = replace(
    _SHAPE,
    servers={
        "vllm-omni": _OWN_MODELS,
        "sglang": _OWN_MODELS,
        "azure-jobs": replace(_SHAPE, operations=_NEW, image=False, uploads=False),
        "new-api": replace(_SHAPE, operations=frozenset[Operation]({"generate", "remix"}), uploads=False),
    },
)


def converse(spec: ProviderSpec) -> Videos:
    """The conversation with the server of a spec, by its options."""
    from reelmake.providers.openai_videos.conversation import Videos
    from reelmake.providers.openai_videos.generations import Generations

    ways = dialect(spec.options)
    return Generations(ways) if ways.server == "azure-jobs" else Videos(ways)
