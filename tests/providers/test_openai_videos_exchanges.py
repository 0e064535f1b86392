"""Every recorded exchange of the /v1/videos shape: one file a fact about a server, from the primary sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reelmake.model.storyboard import ProviderSpec
from reelmake.providers.openai_videos import converse
from reelmake.providers.openai_videos.conversation import Videos
from tests.support import exchange as record

EXCHANGES = record.load(Path(__file__).parent / "exchanges" / "openai-videos")


def talk(conversation: Videos, ask: str, told: dict[str, Any]) -> Any:
    if ask == "submit":
        return conversation.submit(record.order(**told))
    if ask == "find":
        return conversation.find(record.attempt(**told))
    return getattr(conversation, ask)(**told)


@pytest.mark.parametrize(("file", "exchange"), [e[1:] for e in EXCHANGES], ids=[e[0] for e in EXCHANGES])
def test_an_exchange(file: dict[str, Any], exchange: dict[str, Any]) -> None:
    conversation = converse(ProviderSpec("studio", "openai-videos", options=file.get("options", {})))
    record.check(exchange, talk(conversation, exchange["ask"], exchange["with"]))
