"""Speech with its times, music and a sound by the official SDK of ElevenLabs; what came back, as JSON on stdout.

Run with the SDK in an environment of its own: `python elevenlabs_client.py ADDRESS KEY`.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError


def main(address: str, key: str) -> dict[str, Any]:
    client = ElevenLabs(base_url=address, api_key=key)
    line: dict[str, Any] = {"text": "A kite climbs.", "model_id": "eleven_v3"}
    told: Any = client.text_to_speech.convert_with_timestamps("george", output_format="wav_24000", **line)
    plain = b"".join(client.text_to_speech.convert("george", output_format="mp3_44100_128", **line))
    music = b"".join(client.music.compose(prompt="Strings.", music_length_ms=3000))
    sound = b"".join(client.text_to_sound_effects.convert(text="Wind.", duration_seconds=0.5))
    begin = {"told": base64.b64decode(told.audio_base_64), "plain": plain, "music": music}
    assert len(sound) > 1000
    try:
        client.__class__(base_url=address, api_key="wrong").music.compose(prompt="x").__next__()
        status = None
    except ApiError as error:
        status = error.status_code
    return {
        "characters": told.alignment.characters,
        "ends": told.alignment.character_end_times_seconds,
        "begin": {name: data[:4].hex() for name, data in begin.items()},
        "key": status,
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
