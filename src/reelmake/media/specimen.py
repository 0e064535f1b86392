"""The specimen: a second of film and its sound, made as any cut makes them. Machines that make other bytes of it would
make other bytes of a cut, whatever the names of their programs are. Knows nothing of who compares."""

from __future__ import annotations

import shutil
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

from reelmake.media.ffmpeg import run
from reelmake.media.perform import perform
from reelmake.model.frame import Size
from reelmake.model.mix import MixWork, SoundPlacement
from reelmake.model.overlay import Title
from reelmake.model.segment import BodyWork, Piece, VideoFormat
from reelmake.ports import Tell

FRAMES, RATE = 24, Fraction(24)


def specimen(folder: Path, tell: Tell) -> str:
    """Its digest. `folder`: a path at which nothing is, and nothing is left. Raises LocalTool."""
    folder.mkdir(parents=True)
    try:
        clip = folder / "clip.mkv"
        seen, heard = f"testsrc2=size=320x180:rate={RATE}:duration=1", "sine=frequency=330:duration=1"
        drawn = ["-f", "lavfi", "-i", seen, "-f", "lavfi", "-i", heard, "-c:v", "libx264", "-threads", "1"]
        run([*drawn, "-c:a", "pcm_s16le", "-f", "matroska", str(clip)], clip)
        picture = VideoFormat(Size(256, 144), RATE, 20, "medium")
        body = BodyWork(Piece(0, FRAMES, "crop", Title("Ein Probestück", 0, FRAMES)), picture)
        sound = MixWork(RATE, FRAMES, (SoundPlacement(0, FRAMES),), None, Fraction(-16), Fraction(-3), 128_000)
        digest = sha256()
        for work in (body, sound):
            into = folder / f"made{work.suffix}"
            perform("", work, {"clip": clip, "clip 001": clip}, into, tell)
            digest.update(into.read_bytes())
        return digest.hexdigest()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
