"""Every call that the official SDK has for videos, against a server; what came back, as JSON on stdout.

Run with the SDK in an environment of its own: `python sdk_client.py BASE_URL KEY PICTURE`.
"""

from __future__ import annotations

import io
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import openai

warnings.simplefilter("ignore", DeprecationWarning)


def main(base_url: str, key: str, picture: str) -> dict[str, Any]:
    client = openai.OpenAI(base_url=base_url, api_key=key, max_retries=0)
    videos = client.videos
    wanted: dict[str, Any] = {"size": "320x180", "seconds": "2"}
    plain = videos.create(prompt="A tram.", model="sora-2", **wanted)
    pictured = videos.create(prompt="A kite.", input_reference=Path(picture), **wanted)
    done = videos.poll(plain.id, poll_interval_ms=50)
    both = videos.create_and_poll(prompt="Rain.", poll_interval_ms=50, **wanted)
    videos.poll(pictured.id, poll_interval_ms=50)
    clip = videos.download_content(done.id).read()
    stills = {v: videos.download_content(done.id, variant=v).read()[:12].hex() for v in ("thumbnail", "spritesheet")}
    remix = videos.poll(videos.remix(done.id, prompt="At dusk.").id, poll_interval_ms=50)
    edited = videos.poll(videos.edit(prompt="In red.", video=named(clip)).id, poll_interval_ms=50)
    longer = videos.extend(prompt="The tram leaves.", seconds="1", video=named(clip))  # type: ignore[arg-type]
    videos.poll(longer.id, poll_interval_ms=50)
    character = videos.create_character(name="Maya", video=named(clip))
    pages = [[video.id for video in page.data] for page in videos.list(limit=2).iter_pages()]
    oldest = [video.id for video in videos.list(limit=100, order="asc")]
    deleted = videos.delete(both.id)
    with videos.with_streaming_response.download_content(longer.id) as stream:
        streamed = sum(len(piece) for piece in stream.iter_bytes())
    return {
        "version": openai.__version__,
        "created": plain.model_dump(),
        "done": done.model_dump(),
        "pictured": pictured.id,
        "both": both.id,
        "clip": clip.hex(),
        "stills": stills,
        "remix": remix.model_dump(),
        "edited": edited.model_dump(),
        "longer": longer.model_dump(),
        "streamed": streamed,
        "character": videos.get_character(character.id).model_dump(),
        "character_id": character.id,
        "pages": pages,
        "oldest": oldest,
        "deleted": deleted.model_dump(),
        "errors": errors(client, both.id),
    }


def named(clip: bytes) -> io.BytesIO:
    file = io.BytesIO(clip)
    file.name = "clip.mp4"
    return file


def errors(client: Any, gone: str) -> dict[str, list[Any]]:
    """What the SDK makes of refusals: class, code, param, status."""
    other = client.with_options(api_key="wrong")
    calls = {
        "gone": lambda: client.videos.retrieve(gone),
        "key": lambda: other.videos.list(),
        "size": lambda: client.videos.create(prompt="x", size="321x180"),
        "moderation": lambda: client.videos.create(**scripted("400-moderation")),
        "limit": lambda: client.videos.create(**scripted("refuse-429")),
        "server": lambda: client.videos.create(**scripted("500")),
        "lost": lambda: client.videos.create(**scripted("drop")),
        "garbled": lambda: client.videos.create(**scripted("half")),
    }
    return {name: refused(call) for name, call in calls.items()}


def scripted(word: str) -> dict[str, Any]:
    return {"prompt": word, "size": "320x180", "extra_body": {"script": [word]}}


def refused(call: Any) -> list[Any]:
    try:
        call()
    except openai.APIStatusError as error:
        return [type(error).__name__, error.code, error.param, error.status_code]
    except openai.APIConnectionError as error:
        return [type(error).__name__, None, None, None]
    return ["nothing was refused", None, None, None]


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
