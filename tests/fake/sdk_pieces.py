"""Every call that the official SDK has for stills and speech, against a server; what came back, as JSON on stdout.

Run with the SDK in an environment of its own: `python sdk_pieces.py BASE_URL KEY PICTURE`.
"""

from __future__ import annotations

import base64
import json
import struct
import sys
from pathlib import Path
from typing import Any

import openai


def main(base_url: str, key: str, picture: str) -> dict[str, Any]:
    client: Any = openai.OpenAI(base_url=base_url, api_key=key, max_retries=0)
    wanted = {"model": "gpt-image-2", "quality": "low", "output_format": "png"}
    made = client.images.generate(prompt="A kite.", size="64x48", **wanted)
    files = [Path(picture), Path(picture)]
    edited = client.images.edit(prompt="Both at dusk.", image=files, size="320x180", **wanted)
    line = {"model": "gpt-4o-mini-tts", "voice": "alloy", "input": "A kite climbs.", "instructions": "calm"}
    speech = {form: client.audio.speech.create(response_format=form, **line).read() for form in ("wav", "mp3", "flac")}
    return {
        "sizes": {"made": size(made), "edited": size(edited)},
        "speech": {form: sound[:4].hex() for form, sound in speech.items()},
        "errors": errors(client),
    }


def size(reply: Any) -> list[int]:
    """Of a PNG."""
    return list(struct.unpack(">II", base64.b64decode(reply.data[0].b64_json)[16:24]))


def errors(client: Any) -> dict[str, list[Any]]:
    """What the SDK makes of refusals: class, code, status."""
    other = client.with_options(api_key="wrong")
    calls = {
        "key": lambda: other.images.generate(prompt="x"),
        "size": lambda: client.images.generate(prompt="x", size="big"),
        "moderation": lambda: client.images.generate(prompt="x", extra_body={"script": ["400-moderation"]}),
        "lost": lambda: client.images.generate(prompt="drop", extra_body={"script": ["drop"]}),
    }
    return {name: refused(call) for name, call in calls.items()}


def refused(call: Any) -> list[Any]:
    try:
        call()
    except openai.APIStatusError as error:
        return [type(error).__name__, error.code, error.status_code]
    except openai.APIConnectionError as error:
        return [type(error).__name__, None, None]
    return ["nothing was refused", None, None]


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
