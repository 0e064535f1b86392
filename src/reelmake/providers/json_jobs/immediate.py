"""The file that was ordered, where the reply to the order has it. Knows nothing of what is in it.

An order is paid once its reply is here: what holds no file is an order that was taken, and whose answer is lost.
"""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import replace

from reelmake.errors import Ambiguous
from reelmake.model.http import Request, Response, is_file, sniff
from reelmake.model.medium import Medium
from reelmake.model.vendor import Answer, Places
from reelmake.providers._answers import complaint, tidy
from reelmake.providers.json_jobs.json_path import link, look

LARGEST = 256 << 20  # bytes of a reply; it is held in memory
_HEAD = 1 << 10


def asked(answer: Answer, request: Request, medium: Medium) -> Request:
    """The order, ready for such an answer."""
    accept = {} if answer.base64 else {"accept": medium.accept}
    return replace(request, headers={**accept, **request.headers}, most=LARGEST)


def content(answer: Answer, reply: Response) -> bytes:
    """The file's bytes. Raises Ambiguous."""
    if len(reply.body) >= LARGEST:
        raise Ambiguous(f"its answer has more than {LARGEST:,} bytes, and was cut off", taken=True)
    found = _decoded(look(reply.data, answer.base64)) if answer.base64 else reply.body
    if not found or not (answer.base64 or is_file(found[:_HEAD], reply.headers.get("content-type", ""))):
        why = str(complaint(reply))
        said = f"it answers {reply.status} without the file that was ordered{f': {why}' if why else ''}"
        raise Ambiguous(tidy(said), taken=True)
    if answer.pcm and sniff(found[:_HEAD])[0] != "audio/wav":
        found = _wave(found, answer.pcm)
    return found


def _wave(samples: bytes, rate: int) -> bytes:
    """Samples of 16 bits and one channel with the head of a WAV file before them; they themselves stay as they came."""
    form = struct.pack("<HHIIHH", 1, 1, rate, 2 * rate, 2, 16)
    size = len(samples)
    head = (
        b"RIFF",
        struct.pack("<I", 36 + size),
        b"WAVEfmt ",
        struct.pack("<I", 16),
        form,
        b"data",
        struct.pack("<I", size),
    )
    return b"".join((*head, samples))


def address(link_at: Places, reply: Response) -> str:
    """The link to the file. Raises Ambiguous."""
    found = link(reply.data, link_at)
    if not found.startswith(("https://", "http://")):
        raise Ambiguous(tidy(f"it answers {reply.status} without a link to the file: {complaint(reply)}"), taken=True)
    return found


def held(answer: Places, reply: Response) -> bytes:
    """A file that an answer about a job holds as base64; empty if it holds none."""
    return _decoded(look(reply.data, answer))


def _decoded(text: object) -> bytes:
    """Of base64, or of a data URL; empty if it is none."""
    if not isinstance(text, str):
        return b""
    said = text.partition(",")[2] if text.startswith("data:") else text
    try:
        return base64.b64decode("".join(said.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
