"""LiteLLM's ids as its proxy 1.105.0 gave them."""

from __future__ import annotations

import base64

from reelmake.providers.openai_videos.deployment import completed


def id(model: str, video: str) -> str:
    text = f"litellm:custom_llm_provider:openai;model_id:{model};video_id:{video}"
    return "video_" + base64.b64encode(text.encode()).decode()


def test_a_job_made_of_a_clip_is_where_the_clip_is() -> None:
    assert completed(id("", "video_2"), id("make-believe", "video_1")) == id("make-believe", "video_2")


def test_an_id_that_is_complete_stays() -> None:
    assert completed(id("there", "video_2"), id("here", "video_1")) == id("there", "video_2")


def test_ids_of_others_stay() -> None:
    for remote in ("video_2", "", "video_", "video_é", "a/b+c=", "video_" + base64.b64encode(b"\xff").decode()):
        assert completed(remote, id("here", "video_1")) == remote
        assert completed(id("", "video_2"), remote) == id("", "video_2")
