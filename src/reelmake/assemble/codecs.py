"""How a segment is encoded, codec by codec: settings under which any two segments of one picture can be joined by
copying their packets, and which give the same bytes on every machine with the same encoder.

Every GOP is closed, parameter sets depend on nothing but the settings, and so does the number of threads.
Knows nothing of filter graphs, of files or of processes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reelmake.model.delivery import WebpWork
from reelmake.model.segment import BodyWork, JoinWork, VideoFormat
from reelmake.model.time import nearest
from reelmake.records import dataclass

Settings = dict[str, object]
SPEEDS = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow")
HARDWARE = ("nvenc", "qsv", "amf", "videotoolbox", "vaapi")
LOOKAHEAD = 20  # frames that slow presets may keep to look at, not 60: they are most of what an encoder takes of memory
THREADS = 2  # of an encoder, on every machine: its bytes depend on how many it has
SETS = 31  # the number of our parameter sets, the last there is: clips count from 0, and both can lie in one track
PRORES = ("proxy", "lt", "422", "422hq", "4444")  # in the order of their numbers


@dataclass(frozen=True, slots=True)
class Codec:
    """`encoder` is ffmpeg's name for it; `crf` what looks like the clips; `worst` the highest crf there is.

    `takes`: bytes of memory for each pixel of a picture, up to a speed, ffmpeg's own included; measured from 360p to
    1080p, H.264 at 4K too. `container` holds a segment: one whose clock counts a frame in whole ticks.
    """

    encoder: str
    crf: int
    worst: int
    settings: Callable[[VideoFormat], Settings]
    takes: Mapping[str, int]
    container: str = "mp4"


def pixels(picture: VideoFormat) -> str:
    """The pixel format in which the frames of a picture are composed and encoded."""
    if picture.codec != "prores":
        return "yuv420p"
    return "yuv444p10le" if picture.preset == "4444" else "yuv422p10le"


def settings(picture: VideoFormat) -> Settings:
    """Output options for ffmpeg: the encoder, its quality and speed."""
    codec = CODECS[picture.codec]
    own = _hardware(picture) if picture.hardware else codec.settings(picture)
    form = {} if picture.hardware in UPLOADED else {"pix_fmt": pixels(picture)}
    return {"c:v": _encoder(picture), **form, **own, "f": codec.container}


WEBP = "libwebp_anim"
UPLOADED = ("vaapi",)  # whose frames are brought into the device's memory by us


def device(encoder: str) -> list[str]:
    """What ffmpeg is told before all else for an encoder that takes its frames from a device's memory."""
    kind = encoder.rpartition("_")[2]
    return ["-init_hw_device", f"{kind}=device", "-filter_hw_device", "device"] if kind in UPLOADED else []


def encoder_of(work: object) -> str:
    """The encoder that a piece of work needs beyond what every ffmpeg we use has; "" = none."""
    if isinstance(work, WebpWork):
        return WEBP
    if isinstance(work, BodyWork | JoinWork) and (work.picture.codec != "h264" or work.picture.hardware):
        return _encoder(work.picture)
    return ""


def _encoder(picture: VideoFormat) -> str:
    return f"{picture.codec}_{picture.hardware}" if picture.hardware else CODECS[picture.codec].encoder


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
        "keyint": _keyint(picture),
        "min-keyint": max(1, _keyint(picture) // 8),
        "open-gop": 0,
        "threads": THREADS,
        **({"rc-lookahead": LOOKAHEAD} if SPEEDS.index(picture.preset) > SPEEDS.index("faster") else {}),
        "sync-lookahead": 0,
        "lookahead-threads": 1,
        "cpu-independent": 1,
        "force-cfr": 1,
        "colorprim": "bt709",
        "transfer": "bt709",
        "colormatrix": "bt709",  # the range is told by the frames themselves (setparams)
        **_ceiling(picture),
    }
    return {"preset": picture.preset, "crf": picture.crf, "profile:v": "high", "x264-params": _joined(x264)}


def _hevc(picture: VideoFormat) -> Settings:
    x265 = {
        "log-level": "error",
        "keyint": _keyint(picture),
        "min-keyint": max(1, _keyint(picture) // 8),
        "open-gop": 0,
        "info": 0,  # else the settings stand in the parameter sets
        "repeat-headers": 0,
        "frame-threads": THREADS,
        "pools": THREADS,
        "wpp": 1,
        "colorprim": "bt709",
        "transfer": "bt709",
        "colormatrix": "bt709",
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


def _prores(picture: VideoFormat) -> Settings:
    return {"profile:v": PRORES.index(picture.preset), "vendor": "apl0"}


def _ceiling(picture: VideoFormat) -> Settings:
    return {"vbv-maxrate": picture.peak, "vbv-bufsize": 2 * picture.peak} if picture.peak else {}


def _keyint(picture: VideoFormat) -> int:
    return max(1, nearest(2 * picture.fps))


def _joined(values: Mapping[str, object]) -> str:
    return ":".join(f"{name}={value}" for name, value in values.items())


def memory(picture: VideoFormat) -> int:
    """Bytes that encoding a segment takes at most, with the worker who waits for it."""
    takes = CODECS[picture.codec].takes
    per = next((count for speed, count in takes.items() if _as_quick(picture, speed)), max(takes.values()))
    return WORKER + (UPLOADING if picture.hardware else per) * picture.size.width * picture.size.height


def turned(work: object) -> int:
    """Bytes of the frames that a segment has in memory because they run backwards."""
    if not isinstance(work, BodyWork | JoinWork):
        return 0
    pieces = (work.piece,) if isinstance(work, BodyWork) else (work.leaving, work.entering)
    size = work.picture.size
    return sum(piece.frames for piece in pieces if piece.reverse) * size.width * size.height * TURNED


def _as_quick(picture: VideoFormat, speed: str) -> bool:
    return picture.preset in SPEEDS and SPEEDS.index(picture.preset) <= SPEEDS.index(speed)


TURNED = 4  # bytes a pixel of a frame that waits to be turned, in the largest of our formats
WORKER = 50 << 20
UPLOADING = 60  # bytes a pixel where a device encodes: what is on its way to it
CODECS: Mapping[str, Codec] = {
    "h264": Codec("libx264", 18, 51, _h264, {"ultrafast": 80, "veryfast": 130, "slower": 200, "veryslow": 320}),
    "hevc": Codec("libx265", 20, 51, _hevc, {"veryfast": 260, "slow": 320, "veryslow": 400}),
    "av1": Codec("libsvtav1", 28, 63, _av1, {"medium": 360, "veryslow": 420}),
    "vp9": Codec("libvpx-vp9", 30, 63, _vp9, {"veryslow": 210}),
    "prores": Codec("prores_ks", 0, 0, _prores, {"veryslow": 80}, "mov"),
}
