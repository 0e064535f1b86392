"""The other ways to make the same film: ffmpeg's own, MoviePy 2, melt and editly, at medium, crf 18 and AAC 192k.

MoviePy and editly live in .cache/peers (`python benchmarks/cut --install`), melt comes from the system's packages.
What is not there is not run, and the table says so. All but melt encode with the ffmpeg that reelmake uses.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

from measure import Cost, measured

from reelmake.media import ffmpeg

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "peers"
MOVIEPY = CACHE / "moviepy" / "bin" / "python"
EDITLY = CACHE / "editly" / "node_modules" / "editly"
PROGRAMS = f"{CACHE / 'editly' / 'bin'}{os.pathsep}{os.environ['PATH']}"  # editly's: ffmpeg and ffprobe may lie there
SCRIPT = Path(__file__).with_name("moviepy_film.py")
CRF, SOUND = "18", "192k"
MELTED = "1280x720"  # the size of melt's profile
FADE = 12  # frames, at 24 a second


def demuxer(clips: Sequence[Path], into: Path) -> Cost:
    """Packets as they are, picture and sound."""
    listed = into.with_suffix(".txt")
    listed.write_text("".join(f"file '{clip}'\n" for clip in clips))
    return _ffmpeg(into, "-f", "concat", "-safe", "0", "-i", str(listed), "-c", "copy", str(into))


def chain(clips: Sequence[Path], into: Path, seconds: int, preset: str = "medium") -> Cost:
    """One graph of xfades and acrossfades, as most tools build it."""
    graph, picture, sound = [], "0:v", "0:a"
    for n in range(1, len(clips)):
        graph.append(f"[{picture}][{n}:v]xfade=duration=0.5:offset={n * (seconds - 0.5)}[v{n}]")
        graph.append(f"[{sound}][{n}:a]acrossfade=d=0.5[a{n}]")
        picture, sound = f"v{n}", f"a{n}"
    inputs = [word for clip in clips for word in ("-i", str(clip))]
    mapped = ["-filter_complex", ";".join(graph), "-map", f"[{picture}]", "-map", f"[{sound}]"]
    encoding = ["-c:v", "libx264", "-preset", preset, "-crf", CRF, "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", SOUND]
    return _ffmpeg(into, *inputs, *mapped, *encoding, str(into))


def moviepy(clips: Sequence[Path], into: Path, fade: bool) -> Cost:
    command = [str(MOVIEPY), str(SCRIPT), "fade" if fade else "cut", str(into), CRF, SOUND, *map(str, clips)]
    return measured(command, into.parent, {"IMAGEIO_FFMPEG_EXE": ffmpeg.program(), "FFMPEG_BINARY": ffmpeg.program()})


def melt(clips: Sequence[Path], into: Path, fade: bool) -> Cost:
    listed: list[str] = []
    for number, clip in enumerate(clips):
        listed += [str(clip), *(["-mix", str(FADE), "-mixer", "luma", "-mixer", "mix:-1"] if fade and number else [])]
    consumer = f"avformat:{into} vcodec=libx264 preset=medium crf={CRF} pix_fmt=yuv420p acodec=aac ab={SOUND}"
    profile = ["-profile", "atsc_720p_24"]
    threads = f"real_time=-{os.cpu_count() or 1} threads={os.cpu_count() or 1}"
    command = ["melt", "-silent", *profile, *listed, "-consumer", *consumer.split(), *threads.split()]
    return measured(command, into.parent, {"SDL_VIDEODRIVER": "dummy", "QT_QPA_PLATFORM": "offscreen"})


def editly(clips: Sequence[Path], into: Path, size: str) -> Cost:
    encoding = ["-c:v", "libx264", "-preset", "medium", "-crf", CRF, "-pix_fmt", "yuv420p"]
    film = {
        "outPath": str(into),
        "width": int(size.partition("x")[0]),
        "height": int(size.partition("x")[2]),
        "fps": 24,
        "keepSourceAudio": True,
        "defaults": {"transition": {"name": "fade", "duration": 0.5}},
        "clips": [{"layers": [{"type": "video", "path": str(clip)}]} for clip in clips],
        "ffmpegPath": ffmpeg.program(),
        "customOutputArgs": [*encoding, "-c:a", "aac", "-b:a", SOUND],
    }
    told = into.with_suffix(".json")
    told.write_text(json.dumps(film))
    command = ["xvfb-run", "-a", "node", str(EDITLY / "cli.js"), "--json", str(told)]
    return measured(command, into.parent, {"PATH": PROGRAMS})


def missing(peer: str) -> str:
    """Why a peer cannot be run; "" if it can."""
    if peer == "moviepy":
        return "" if MOVIEPY.exists() else "--install puts it into .cache/peers"
    if peer == "melt":
        return "" if shutil.which("melt") else "no melt on PATH (a package of the system)"
    lacks = [program for program in ("node", "xvfb-run", "ffprobe") if not shutil.which(program, path=PROGRAMS)]
    if lacks:
        return f"editly needs {', '.join(lacks)}"
    return "" if (EDITLY / "cli.js").exists() else "--install puts it into .cache/peers"


def versions() -> list[str]:
    """A line for each that is there."""
    found = [f"ffmpeg {ffmpeg.version()}"]
    if not missing("moviepy"):
        found.append(
            "moviepy " + _said(str(MOVIEPY), "-c", "import importlib.metadata as m; print(m.version('moviepy'))")
        )
    if not missing("melt"):
        found.append(_said("melt", "--version").splitlines()[0])
    if not missing("editly"):
        found.append("editly " + json.loads((EDITLY / "package.json").read_text())["version"])
    return found


def install() -> None:
    """MoviePy and editly, each in a place of its own. editly builds two native modules, which takes minutes."""
    if not MOVIEPY.exists():
        venv.create(MOVIEPY.parents[1], with_pip=True)
        subprocess.run([MOVIEPY, "-m", "pip", "install", "--quiet", "moviepy==2.2.1"], check=True)
    if shutil.which("npm") and not EDITLY.exists():
        EDITLY.parents[1].mkdir(parents=True, exist_ok=True)
        npm = ["npm", "install", "--no-audit", "--no-fund", "--nodedir=/usr", "editly@0.14.2"]
        ran = subprocess.run(npm, cwd=EDITLY.parents[1], check=False)
        if ran.returncode:
            print("editly could not be built: cairo, pango and GL headers, a C++ compiler and Python are needed")
    print("\n".join(versions()), file=sys.stdout)


def _ffmpeg(into: Path, *arguments: str) -> Cost:
    return measured([ffmpeg.program(), "-nostdin", "-loglevel", "error", "-y", *arguments], into.parent)


def _said(*command: str) -> str:
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return ran.stdout.strip() or ran.stderr.strip()
