"""A ComfyUI of one's own: its models are workflows of the project, each bound by a file (compile/workflow_file).

It costs nothing but the time of a graphics card, so an order is carried out once, like a paid one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelmake.model.medium import MEDIA
from reelmake.model.provider import Capabilities

if TYPE_CHECKING:
    from reelmake.model.storyboard import ProviderSpec
    from reelmake.providers.comfyui.conversation import ComfyUI

CAPABILITIES = Capabilities(
    kind="comfyui",
    dialect="comfyui/1",
    operations=frozenset({"generate", "edit", "lipsync", "upscale", "interpolate"}),
    negative=True,  # a workflow without a place for it is told in its prompt
    image=True,
    last_image=True,
    references=True,
    uploads=True,
    base_url="http://127.0.0.1:8188",
    media=frozenset(MEDIA),
    workflows=True,
)


def converse(spec: ProviderSpec) -> ComfyUI:
    """The conversation with any server; what differs is in the orders."""
    from reelmake.providers.comfyui.conversation import ComfyUI

    return ComfyUI()
