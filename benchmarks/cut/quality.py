"""How near the dissolves of each contender are to a lossless composite of the same clips: PSNR and, if possible, VMAF.

Every picture is given the same colour tags before it is compared, or ffmpeg would convert one into the other. Frames
are compared by their number, each contender with a composite whose dissolves run as its own do: xfade's and MoviePy's
begin with a frame of the leaving picture alone.
"""

from __future__ import annotations

import math
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean

import dissolves
from bench import Bench
from contest import Contender, Standings
from footage import FPS
from table import Verdict

import peers
from reelmake.media import ffmpeg

TAGS = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
NUMBERED = "settb=1/24,setpts=N"
EVERY = 4  # VMAF looks at one frame in so many
CEILING = 100.0  # dB of a frame that is the same
NAMES = {"chain": "one ffmpeg graph", "ours": "reelmake", "moviepy": "MoviePy 2"}


@dataclass(frozen=True)
class Likeness:
    """dB over all frames, over those of the transitions, of the worst frame; VMAF's mean; bytes of the reel."""

    whole: float
    joins: float
    worst: float
    vmaf: float | None
    size: int


def contenders(bench: Bench) -> list[Contender]:
    return dissolves.rivals(bench)


def verdicts(bench: Bench, found: Standings) -> list[Verdict]:
    if any(not dissolves.kept(bench, name).exists() for name in ("chain", "ours")):
        return []
    lossless = {even: _composite(bench, even) for even in (False, True)}
    reels = {name: dissolves.kept(bench, name) for name in NAMES}
    seen = {name: _likeness(bench, reel, lossless[name == "ours"]) for name, reel in reels.items() if reel.exists()}
    print(f"\n{'against a lossless composite (luma)':46} {'PSNR':>6} {'joins':>6} {'worst':>6} {'VMAF':>6} {'MB':>6}")
    for name, it in seen.items():
        vmaf = "-" if it.vmaf is None else f"{it.vmaf:.2f}"
        print(f"{NAMES[name]:46} {it.whole:6.2f} {it.joins:6.2f} {it.worst:6.2f} {vmaf:>6} {it.size / 1e6:6.1f}")
    made = []
    for name in ("chain", "moviepy"):
        if name in seen:
            nearer = seen[name].whole - seen["ours"].whole
            made.append(Verdict(f"picture: dB (PSNR) that {NAMES[name]} is nearer to the lossless film", 0.05, nearer))
    theirs, mine = seen["chain"].vmaf, seen["ours"].vmaf
    less = None if theirs is None or mine is None else theirs - mine
    return [*made, Verdict(f"picture: VMAF that {NAMES['chain']} is nearer to the lossless film", 0.05, less)]


def _composite(bench: Bench, even: bool) -> Path:
    """Frame k of the 12 of a dissolve has k/12 of the entering picture, or (`even`) (k + 1)/13, as ours have."""
    into = bench.folder / f"lossless-{'even' if even else 'xfade'}.mkv"
    graph, picture = [f"[0:v]{TAGS}[c0]"], "c0"
    for n in range(1, len(bench.clips)):
        graph.append(f"[{n}:v]{TAGS}{',tpad=start=1:start_mode=clone' if even else ''}[c{n}]")
        at = n * (bench.seconds * FPS - peers.FADE) - even
        graph.append(f"[{picture}][c{n}]xfade=duration={(peers.FADE + even) / FPS}:offset={at / FPS}[v{n}]")
        picture = f"v{n}"
    command = [ffmpeg.program(), "-nostdin", "-loglevel", "error", "-y"]
    command += [word for clip in bench.clips for word in ("-i", str(clip))]
    command += ["-filter_complex", ";".join(graph), "-map", f"[{picture}]"]
    subprocess.run([*command, "-c:v", "libx264", "-qp", "0", "-preset", "ultrafast", str(into)], check=True)
    return into


def _likeness(bench: Bench, reel: Path, lossless: Path) -> Likeness:
    log = bench.folder / "psnr.log"
    _compared(reel, lossless, f"psnr=stats_file={log.name}", bench.folder)
    errors = [float(value) for value in re.findall(r"mse_y:(\S+)", log.read_text())]
    inside = [error for number, error in enumerate(errors) if _joined(bench, number)]
    vmaf: float | None = None
    if _able("libvmaf"):
        said = _compared(reel, lossless, f"libvmaf=n_threads=2:n_subsample={EVERY}", bench.folder)
        vmaf = float(re.findall(r"VMAF score: (\S+)", said)[-1])
    return Likeness(_db(fmean(errors)), _db(fmean(inside)), _db(max(errors)), vmaf, reel.stat().st_size)


def _joined(bench: Bench, number: int) -> bool:
    """Does the frame of the film lie in a dissolve?"""
    step = bench.seconds * FPS - peers.FADE
    return number % step < peers.FADE and 0 < number // step < bench.count


def _db(error: float) -> float:
    return min(CEILING, 10 * math.log10(255**2 / error)) if error else CEILING


def _compared(reel: Path, lossless: Path, how: str, folder: Path) -> str:
    same = f"format=yuv420p,{TAGS},{NUMBERED}"
    graph = f"[0:v]{same}[a];[1:v]{same}[b];[a][b]{how}"
    command = [ffmpeg.program(), "-nostdin", "-i", str(reel), "-i", str(lossless), "-lavfi", graph, "-f", "null", "-"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stderr


@cache
def _able(name: str) -> bool:
    filters = subprocess.run([ffmpeg.program(), "-filters"], capture_output=True, text=True, check=True).stdout
    return bool(re.search(rf"\b{name}\b", filters))
