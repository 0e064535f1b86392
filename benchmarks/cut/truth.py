"""What is really in a reel: its frames, its samples, its pictures byte by byte, and what a decoder complains of.

ffmpeg is asked for all of it. Libraries loaded here would be shared with what is measured, and make its PSS smaller.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from reelmake.media import ffmpeg

PIXELS = "filter_units=pass_types=1|5"  # of H.264; parameters that stand beside the pixels do not count
HEADER = 44  # bytes of a plain WAV before its samples


def frames(file: Path) -> int:
    return len(_packets(file))


def sound(file: Path) -> Fraction:
    """Seconds of the decoded sound, exactly: its samples by its rate."""
    bare = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact", "-f", "wav"]
    wave = _ffmpeg("-i", str(file), "-map", "0:a:0", "-c:a", "pcm_s16le", "-ac", "1", *bare, "-").stdout
    assert wave[HEADER - 8 : HEADER - 4] == b"data"
    return Fraction((len(wave) - HEADER) // 2, int.from_bytes(wave[24:28], "little"))


def complaints(file: Path) -> list[str]:
    """What ffmpeg says while it decodes all of it."""
    said = _ffmpeg("-i", str(file), "-f", "null", "-").stderr.decode(errors="replace")
    return [line for line in said.splitlines() if line.strip()]


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def copied(reel: Path, clips: Sequence[Path]) -> int:
    """How many pictures of the reel are, bit for bit, those of the clips, and at the same place."""
    theirs = [picture for clip in clips for picture in _packets(clip, "-bsf:v", PIXELS)]
    return sum(a == b for a, b in zip(_packets(reel, "-bsf:v", PIXELS), theirs, strict=False))


def _packets(file: Path, *how: str) -> list[str]:
    """A digest for each packet of the picture."""
    said = _ffmpeg("-i", str(file), "-map", "0:v:0", "-c", "copy", *how, "-f", "framemd5", "-").stdout.decode()
    return [line.rpartition(",")[2].strip() for line in said.splitlines() if not line.startswith("#")]


def _ffmpeg(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [ffmpeg.program(), "-nostdin", "-loglevel", "error", *arguments]
    return subprocess.run(command, capture_output=True, check=True)
