"""How a segment is encoded, codec by codec: settings under which any two segments of one picture can be joined by
copying their packets, and which give the same bytes on every machine with the same encoder.

Every GOP is closed, parameter sets depend on nothing but the settings, and so does the number of threads.
Knows nothing of filter graphs, of files or of processes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reelmake.model.codec import CODECS, PRORES, SPEEDS, UPLOADED
from reelmake.model.segment import VideoFormat
from reelmake.model.time import nearest

Settings = dict[str, object]
LOOKAHEAD = 20  # frames that slow presets may keep to look at, not 60: they are most of what an encoder takes of memory
THREADS = 2  # of an encoder, on every machine: its bytes depend on how many it has
BT709 = dict.fromkeys(("colorprim", "transfer", "colormatrix"), "bt709")
SETS = 31  # the number of our parameter sets, the last there is: clips count from 0, and both can lie in one track


def settings(picture: VideoFormat) -> Settings:
    """Output options for ffmpeg: the encoder, its quality and speed."""
    own = _hardware(picture) if picture.hardware else _TOLD[picture.codec](picture)
    form = {} if picture.hardware in UPLOADED else {"pix_fmt": picture.pixels}
    return {"c:v": picture.encoder, **form, **own, "f": CODECS[picture.codec].container}


def device(encoder: str) -> list[str]:
    """What ffmpeg is told before all else for an encoder that takes its frames from a device's memory."""
    kind = encoder.rpartition("_")[2]
    return ["-init_hw_device", f"{kind}=device", "-filter_hw_device", "device"] if kind in UPLOADED else []


def _hardware(picture: VideoFormat) -> Settings:
    """Hardware knows quality by other names, and is told to be simple: no reordering, closed groups, so that segments
    can be joined. What it makes of that is its own: its bytes are only those of this device and driver."""
    quality: Mapping[str, Settings] = {
        "nvenc": {"preset": "p5", "rc": "vbr", "cq": picture.crf, "b:v": 0, "strict_gop": 1},
        "qsv": {"preset": "medium", "global_quality": picture.crf},
        "amf": {"quality": "quality", "rc": "cqp", "qp_i": picture.crf, "qp_p": picture.crf},
        "videotoolbox": {"q:v": max(1, 100 - 2 * picture.crf), "allow_sw": 0},
        "vaapi": {"rc_mode": "CQP", "global_quality": picture.crf},
    }
    tag: Settings = {"tag:v": "hvc1"} if picture.codec == "hevc" else {}
    return {**quality[picture.hardware], **tag, "bf": 0, "g": _keyint(picture)}


def _h264(picture: VideoFormat) -> Settings:
    x264 = {
        "stitchable": 1,  # the parameter sets depend on nothing but the settings
        "sps-id": SETS,
        **_groups(picture),
        "threads": THREADS,
        **({"rc-lookahead": LOOKAHEAD} if SPEEDS.index(picture.preset) > SPEEDS.index("faster") else {}),
        "sync-lookahead": 0,
        "lookahead-threads": 1,
        "cpu-independent": 1,
        "force-cfr": 1,
        **BT709,  # the range is told by the frames themselves (setparams)
        **_ceiling(picture),
    }
    return {"preset": picture.preset, "crf": picture.crf, "profile:v": "high", "x264-params": _joined(x264)}


def _hevc(picture: VideoFormat) -> Settings:
    x265 = {
        "log-level": "error",
        **_groups(picture),
        "info": 0,  # else the settings stand in the parameter sets
        "repeat-headers": 0,
        "frame-threads": THREADS,
        "pools": THREADS,
        "wpp": 1,
        **BT709,
        "range": "limited",
        **_ceiling(picture),
    }
    return {"preset": picture.preset, "crf": picture.crf, "tag:v": "hvc1", "x265-params": _joined(x265)}


def _av1(picture: VideoFormat) -> Settings:
    colours = {"color-primaries": 1, "transfer-characteristics": 1, "matrix-coefficients": 1}  # 1 = BT.709
    ceiling = {"mbr": picture.peak} if picture.peak else {}
    return {
        "preset": min(10, 11 - SPEEDS.index(picture.preset)),  # medium is 6; 13 is fastest
        "crf": picture.crf,
        "g": _keyint(picture),
        "svtav1-params": _joined({"lp": THREADS, "scd": 0, **colours, **ceiling}),
    }


def _vp9(picture: VideoFormat) -> Settings:
    return {
        "crf": picture.crf,
        "b:v": 0,  # or crf would be no more than a limit
        "g": _keyint(picture),
        "deadline": "good",
        "cpu-used": min(5, max(0, 7 - SPEEDS.index(picture.preset))),  # medium is 2; 0 takes longest
        "row-mt": 1,
    }


def _groups(picture: VideoFormat) -> Settings:
    keyint = _keyint(picture)
    return {"keyint": keyint, "min-keyint": max(1, keyint // 8), "open-gop": 0}


def _ceiling(picture: VideoFormat) -> Settings:
    return {"vbv-maxrate": picture.peak, "vbv-bufsize": 2 * picture.peak} if picture.peak else {}


def _keyint(picture: VideoFormat) -> int:
    return max(1, nearest(2 * picture.fps))


def _joined(values: Mapping[str, object]) -> str:
    return ":".join(f"{name}={value}" for name, value in values.items())


_TOLD: Mapping[str, Callable[[VideoFormat], Settings]] = {
    "h264": _h264,
    "hevc": _hevc,
    "av1": _av1,
    "vp9": _vp9,
    "prores": lambda picture: {"profile:v": PRORES.index(picture.preset), "vendor": "apl0"},
}
