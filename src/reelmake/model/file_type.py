"""What the first bytes of a file tell of its kind. Knows nothing of what it is called."""

from __future__ import annotations

_SIGNS = (  # offset, bytes, type, suffix
    (0, b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (8, b"WEBP", "image/webp", "webp"),
    (8, b"WAVE", "audio/wav", "wav"),
    (0, b"GIF8", "image/gif", "gif"),
    (4, b"ftypavi", "image/avif", "avif"),
    (4, b"ftyphei", "image/heic", "heic"),
    (4, b"ftypqt", "video/quicktime", "mov"),
    (4, b"ftypM4A", "audio/mp4", "m4a"),
    (4, b"ftyp", "video/mp4", "mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm", "webm"),
    (0, b"fLaC", "audio/flac", "flac"),
    (0, b"ID3", "audio/mpeg", "mp3"),
    (0, b"\xff\xfb", "audio/mpeg", "mp3"),
    (0, b"\xff\xf3", "audio/mpeg", "mp3"),
    (0, b"\xff\xf2", "audio/mpeg", "mp3"),
    (0, b"OggS", "audio/ogg", "ogg"),
)


def sniff(head: bytes) -> tuple[str, str]:
    """The media type that the first bytes of a file tell, and the suffix that goes with it."""
    for at, sign, kind, suffix in _SIGNS:
        if head[at : at + len(sign)] == sign:
            return kind, suffix
    return "application/octet-stream", "bin"
