"""Orders that are answered with the file itself: stills and speech as OpenAI has them, speech, music and sounds as
ElevenLabs does. A request in, a piece; a piece, the reply.

Knows nothing of limits or of whose turn to go wrong it is.
"""

from __future__ import annotations

import base64
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from reelmake_fake import clip, fields
from reelmake_fake.complaint import wrong
from reelmake_fake.form import FilePart, SentForm
from reelmake_fake.http11 import ReceivedRequest, Reply, as_json
from reelmake_fake.piece import RATE, SOUNDS, STILLS, Piece, said
from reelmake_fake.settings import ServerOptions
from reelmake_fake.shelf import Shelf
from reelmake_fake.studio import Painter

LARGEST = 4096  # pixels of a side
MOST = 16  # pictures of an edit
LONGEST = 4096  # characters of a line
ASKED = {"prompt", "model", "n", "size", "image", "script", "output_format", "input", "voice", "response_format"}
Read = Callable[[SentForm], Piece]
Spoil = Callable[[Piece, int, Reply], Reply]
"""What goes wrong with a file: the piece, how many like it were paid for before, the file as it should be."""


class Counter:
    """Reads what is ordered, makes it, and writes the answers. `shelf`: where uploads and the bill are. Every method
    raises Complaint."""

    def __init__(self, shelf: Shelf, studio: Painter, options: ServerOptions) -> None:
        self.shelf, self.studio, self.options = shelf, studio, options

    def reader(self, request: ReceivedRequest, prefixes: tuple[str, ...]) -> Read | None:
        """Who reads what comes to this address; None = nothing is answered at once there."""
        path = request.path
        for prefix in prefixes:
            match path.removeprefix(prefix) if path.startswith(prefix) else "":
                case "/images/generations":
                    return self._still
                case "/images/edits":
                    return self._edit
                case "/audio/speech":
                    return self._speech
        match request.segments:
            case ("v1", "text-to-speech", voice, *rest) if rest in ([], ["with-timestamps"]):
                return lambda form: self._line(form, request, voice)
            case ("v1", "music"):
                return lambda form: self._music(form, request)
            case ("v1", "sound-generation"):
                return lambda form: self._noise(form, request)
        return None

    async def sell(self, request: ReceivedRequest, spoil: Spoil, now: int, piece: Piece) -> Reply:
        """The answer with the file. The bill is on disk before anything is said."""
        paid = self.shelf.paid(piece.kind)
        if not self.options.deterministic:
            piece = replace(piece, number=paid + 1)
        self.shelf.charge_piece(f"piece_{uuid.uuid4().hex}", piece, self._price(piece))
        file = Reply(200, await self.studio.piece(piece), {"content-type": piece.media_type})
        return self._reply(request, piece, spoil(piece, paid, file), now)

    def _price(self, piece: Piece) -> Decimal:
        """USD."""
        match piece.operation:
            case "image" | "image-edit":
                return self.options.still_price
            case "speech":
                return self.options.speech_price * len(piece.prompt) / 1000
            case _:
                return self.options.price * piece.seconds.numerator / piece.seconds.denominator

    def _reply(self, request: ReceivedRequest, piece: Piece, file: Reply, now: int) -> Reply:
        """`file`: as it would be downloaded; if that is something else, so is the answer."""
        if file.status != 200 or not isinstance(file.body, bytes) or file.headers["content-type"] != piece.media_type:
            return file
        data = base64.b64encode(file.body).decode()
        if piece.form in STILLS:
            shown = {"size": piece.size, "output_format": piece.form, "quality": "medium", "background": "opaque"}
            value = {"created": now, **shown, "data": [{"b64_json": data}]}
        elif request.segments[-1] == "with-timestamps":
            value = {"audio_base64": data, "alignment": said(piece), "normalized_alignment": said(piece)}
        else:
            return file
        return Reply(200, as_json(200, value).body, {"content-type": "application/json"}, file.manner, 0, file.slow)

    def _still(self, form: SentForm) -> Piece:
        return self._picture(form, ())

    def _edit(self, form: SentForm) -> Piece:
        sent = form.fields.get("image")
        files = sent if isinstance(sent, list) else [sent]
        if form.json or not 1 <= len(files) <= MOST:
            raise wrong(f"Invalid value for 'image': expected 1 to {MOST} files.", "image")
        return self._picture(form, tuple(self._kept(file) for file in files))

    def _kept(self, file: object) -> str:
        """The digest of a picture that was sent."""
        if not isinstance(file, FilePart):
            raise wrong("Invalid type for 'image': expected a file.", "image", "invalid_type")
        try:
            clip.picture(file.body)
        except clip.Unusable as error:
            raise wrong(f"The image cannot be used: {error}.", "image", "invalid_image") from error
        return self.shelf.upload(file.body)

    def _picture(self, form: SentForm, pictures: tuple[str, ...]) -> Piece:
        size = re.fullmatch(r"(\d{2,4})x(\d{2,4})", fields.text(form.fields, "size", otherwise="auto"), re.ASCII)
        wide, high = map(int, size.groups()) if size else (1024, 1024)
        if max(wide, high) > LARGEST or (not size and form.fields.get("size") not in (None, "auto")):
            raise wrong(f"Invalid value for 'size': expected WIDTHxHEIGHT up to {LARGEST}.", "size")
        if str(form.fields.get("n", 1)) != "1":
            raise wrong("Invalid value for 'n': one at a time.", "n")
        return Piece(
            "image-edit" if pictures else "image",
            fields.text(form.fields, "model", otherwise="gpt-image-2"),
            fields.text(form.fields, "prompt", 32_000),
            _one_of(form, "output_format", STILLS, "png"),
            wide,
            high,
            pictures=pictures,
            **_rest(form),
        )

    def _speech(self, form: SentForm) -> Piece:
        voice = fields.text(form.fields, "voice")
        text, model = fields.text(form.fields, "input", LONGEST), fields.text(form.fields, "model")
        return Piece("speech", model, text, _one_of(form, "response_format", SOUNDS, "mp3"), voice=voice, **_rest(form))

    # As ElevenLabs has it

    def _line(self, form: SentForm, request: ReceivedRequest, voice: str) -> Piece:
        model = fields.text(form.fields, "model_id", otherwise="eleven_multilingual_v2")
        text = fields.text(form.fields, "text", LONGEST)
        return Piece("speech", model, text, _coded(request), voice=voice, **_rest(form))

    def _music(self, form: SentForm, request: ReceivedRequest) -> Piece:
        length = _number(form, "music_length_ms", 10_000, 3_000, 600_000) / 1000
        model = fields.text(form.fields, "model_id", otherwise="music_v1")
        text = fields.text(form.fields, "prompt", LONGEST)
        return Piece("music", model, text, _coded(request), seconds=length, **_rest(form))

    def _noise(self, form: SentForm, request: ReceivedRequest) -> Piece:
        length = _number(form, "duration_seconds", 1, 0.5, 30)
        model = fields.text(form.fields, "model_id", otherwise="eleven_text_to_sound_v2")
        text = fields.text(form.fields, "text", LONGEST)
        return Piece("sound", model, text, _coded(request), seconds=length, **_rest(form))


def _rest(form: SentForm) -> dict[str, Any]:
    """Whatever else was sent decides about the bytes too."""
    told = {name: value for name, value in form.fields.items() if name not in ASKED and not isinstance(value, FilePart)}
    return {"extras": told, "script": fields.words(form.fields)}


def _one_of(form: SentForm, name: str, known: dict[str, str], otherwise: str) -> str:
    found = fields.text(form.fields, name, otherwise=otherwise)
    if found not in known:
        raise wrong(f"Invalid value: '{found}'. Supported values are: {', '.join(known)}.", name)
    return found


def _coded(request: ReceivedRequest) -> str:
    """mp3_44100_128, pcm_24000: only the codec is obeyed, and of samples the rate."""
    asked = request.asked("output_format") or "mp3"
    form, _, rest = asked.partition("_")
    if form not in SOUNDS or (form == "pcm" and rest != str(RATE)):
        raise wrong(f"Invalid value: '{asked}'.", "output_format")
    return form


def _number(form: SentForm, name: str, otherwise: float, least: float, most: float) -> Fraction:
    found = form.fields.get(name)
    found = otherwise if found is None else found
    if isinstance(found, bool) or not isinstance(found, int | float) or not least <= found <= most:
        raise wrong(f"Invalid value for '{name}': expected {least:g} to {most:g}.", name)
    return Fraction(ceil(found * 1000), 1000)
