"""What is known of the codecs of pictures: who encodes them, how good their numbers are, what memory they take.

Knows nothing of how an encoder is told anything.
"""

from __future__ import annotations

from collections.abc import Mapping

from reelmake.records import dataclass

SPEEDS = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow")
HARDWARE = ("nvenc", "qsv", "amf", "videotoolbox", "vaapi")
UPLOADED = ("vaapi",)  # whose frames are brought into the device's memory by us
PRORES = ("proxy", "lt", "422", "422hq", "4444")  # in the order of their numbers
WEBP = "libwebp_anim"
WORKER = 50 << 20  # bytes of the worker that waits for an encoder
UPLOADING = 60  # bytes a pixel where a device encodes: what is on its way to it


@dataclass(frozen=True, slots=True)
class Codec:
    """`encoder` is ffmpeg's name for it; `crf` what looks like the clips; `worst` the highest crf there is.

    `takes`: bytes of memory for each pixel of a picture, up to a speed, ffmpeg's own included; measured from 360p to
    1080p, H.264 at 4K too. `container` holds a segment: one whose clock counts a frame in whole ticks.
    """

    encoder: str
    crf: int
    worst: int
    takes: Mapping[str, int]
    container: str = "mp4"

    def per_pixel(self, speed: str) -> int:
        """Bytes of memory for each pixel at a speed; of a profile, which is none, the most."""
        place = SPEEDS.index(speed) if speed in SPEEDS else len(SPEEDS)
        reached = (count for upto, count in self.takes.items() if place <= SPEEDS.index(upto))
        return next(reached, max(self.takes.values()))


CODECS: Mapping[str, Codec] = {
    "h264": Codec("libx264", 18, 51, {"ultrafast": 80, "veryfast": 130, "slower": 200, "veryslow": 320}),
    "hevc": Codec("libx265", 20, 51, {"veryfast": 260, "slow": 320, "veryslow": 400}),
    "av1": Codec("libsvtav1", 28, 63, {"medium": 360, "veryslow": 420}),
    "vp9": Codec("libvpx-vp9", 30, 63, {"veryslow": 210}),
    "prores": Codec("prores_ks", 0, 0, {"veryslow": 80}, "mov"),
}
