"""A rich console that makes visible what comes from outside; its own colours and moves stay. Knows no words."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from reelmake.visible import visible


class Screen(Console):
    """Whatever is rendered goes through here, whole or as a part of something."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=visible(segment.text))
