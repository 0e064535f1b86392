"""The table of odd footage: whatever stands in the middle of a cut, every frame is where it belongs, with its sound."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelmake.errors import LocalTool
from reelmake.footage import Footage
from reelmake.media import ffmpeg
from reelmake.media.probe import probe
from reelmake.model.storyboard import Output
from reelmake.store.notes import Notes
from reelmake.store.stat import ProjectFiles
from tests.support.film import Room, entry, heard, into, packets, pictures, read

pytestmark = pytest.mark.slow
X264 = "-c:v libx264 -preset ultrafast -crf 12"
AUTO = Output("cut.mp4")


@dataclass(frozen=True)
class Odd:
    """How ffmpeg makes it out of a plain clip; `drift`: by how many frames a picture may be off (another rate)."""

    how: str
    name: str = "x.mp4"
    drift: int = 0
    sound: bool = True


HDR = "setparams=color_primaries=bt2020:color_trc={}:colorspace=bt2020nc,format=yuv420p10le"
TABLE = {
    "no sound": Odd("-c:v copy -an", sound=False),
    "sound shorter than the picture": Odd("-c:v copy -af atrim=end=1.2 -c:a aac"),
    "sound longer than the picture": Odd("-c:v copy -af apad=pad_dur=0.7 -c:a aac"),
    "sound at 8 kHz, mono": Odd(f"{X264} -ar 8000 -ac 1 -c:a aac"),
    "sound at 44.1 kHz, mono": Odd("-c:v copy -ar 44100 -ac 1 -c:a aac"),
    "sound at 96 kHz, PCM": Odd("-c:v copy -ar 96000 -c:a pcm_s24le", "x.mov"),
    "5.1 sound": Odd("-c:v copy -ac 6 -c:a aac"),
    "Opus in Matroska": Odd("-c:v copy -c:a libopus", "x.mkv"),
    "23.976 frames a second": Odd(f"-vf setpts=PTS*1.001 {X264} -r 24000/1001 -c:a copy", drift=1),
    "25 frames a second": Odd(f"-vf fps=25 {X264} -c:a copy", drift=1),
    "29.97 frames a second": Odd(f"-vf fps=30000/1001 {X264} -c:a copy", drift=1),
    "30 frames a second": Odd(f"-vf fps=30 {X264} -c:a copy", drift=1),
    "48 frames a second": Odd(f"-vf fps=48 {X264} -c:a copy", drift=1),
    "60 frames a second": Odd(f"-vf fps=60 {X264} -c:a copy", drift=1),
    "12 frames a second": Odd(f"-vf fps=12 {X264} -c:a copy", drift=1),
    "variable rate": Odd(f"-vf select='not(eq(mod(n\\,7)\\,3))' -fps_mode vfr {X264} -c:a copy", drift=1),
    "a clock of 90 kHz": Odd("-c copy -video_track_timescale 90000"),
    "a clock of milliseconds": Odd("-c copy", "x.mkv"),
    "times that begin at 5 s": Odd("-c copy -output_ts_offset 5 -f mpegts", "x.ts"),
    "times that wrap around": Odd("-c copy -output_ts_offset 95442 -f mpegts", "x.ts"),
    "fragments": Odd("-c copy -movflags frag_keyframe+delay_moov"),
    "another size": Odd(f"-vf scale=416:192 {X264} -c:a copy"),
    "an odd size": Odd("-vf scale=207:95 -c:v libx264 -pix_fmt yuv444p -c:a copy"),
    "pixels that are not square": Odd(f"-vf scale=156:96,setsar=4/3 {X264} -c:a copy"),
    "baseline": Odd(f"{X264} -profile:v baseline -c:a copy"),
    "one keyframe, pyramids": Odd("-c:v libx264 -bf 8 -b_strategy 2 -refs 8 -c:a copy"),
    "open groups of pictures": Odd("-c:v libx264 -x264-params open-gop=1:keyint=12 -c:a copy"),
    "intra refresh": Odd("-c:v libx264 -x264-params intra-refresh=1:keyint=12 -c:a copy"),
    "ten bits": Odd("-c:v libx264 -pix_fmt yuv420p10le -c:a copy"),
    "4:2:2": Odd("-c:v libx264 -pix_fmt yuv422p -c:a copy"),
    "4:4:4": Odd("-c:v libx264 -pix_fmt yuv444p -c:a copy"),
    "RGB": Odd("-c:v libx264rgb -c:a copy", "x.mkv"),
    "grey": Odd("-c:v libx264 -pix_fmt gray -c:a copy"),
    "full range": Odd(f"-vf scale=out_range=pc -color_range pc {X264} -c:a copy"),
    "BT.601": Odd(f"-vf scale=out_color_matrix=bt601,setparams=colorspace=smpte170m {X264} -c:a copy"),
    "HDR, PQ": Odd(f"-vf {HDR.format('smpte2084')} -c:v libx265 -c:a copy"),
    "HDR, HLG": Odd(f"-vf {HDR.format('arib-std-b67')} -c:v libx265 -c:a copy"),
    "HEVC": Odd("-c:v libx265 -c:a copy"),
    "HEVC, open groups": Odd("-c:v libx265 -x265-params open-gop=1:keyint=12:log-level=error -c:a copy", "x.mkv"),
    "VP9": Odd("-c:v libvpx-vp9 -crf 20 -b:v 0 -deadline realtime -c:a libopus", "x.webm"),
    "AV1": Odd("-c:v libsvtav1 -preset 10 -crf 20 -c:a copy"),
    "ProRes": Odd("-c:v prores_ks -profile:v 2 -c:a pcm_s16le", "x.mov"),
    "ProRes with transparency": Odd("-vf format=yuva444p10le -c:v prores_ks -profile:v 4 -c:a pcm_s16le", "x.mov"),
    "MPEG-2": Odd("-c:v mpeg2video -q:v 2 -r 24 -c:a mp2", "x.mpg"),
    "MPEG-4 in AVI": Odd("-c:v mpeg4 -q:v 2 -c:a pcm_s16le", "x.avi", drift=1),
    "motion JPEG": Odd("-c:v mjpeg -q:v 2 -pix_fmt yuvj420p -c:a pcm_s16le", "x.avi"),
    "GIF": Odd("-vf fps=25 -an", "x.gif", drift=1, sound=False),
    "interlaced": Odd("-vf setfield=tff -c:v libx264 -flags +ildct+ilme -c:a copy"),
    "a sound track before the picture": Odd("-map 0:a -map 0:v -c copy"),
    "a cover picture as well": Odd("-i cover.png -map 0 -map 1 -c copy -c:v:1 png -disposition:v:1 attached_pic"),
    "subtitles and data beside it": Odd("-i words.srt -map 0 -map 1 -c copy -c:s mov_text"),
}


def click(t: np.ndarray) -> np.ndarray:
    return np.where((t >= 0.5) & (t < 0.51), 0.8, 0.0)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Room:
    room = Room(tmp_path_factory.mktemp("plain"))
    room.clip("a", 1, 24)
    room.clip("x", 2, 48, sound=click, options={"bf": "2", "g": "24", "preset": "veryfast"})
    room.clip("c", 3, 24)
    made("-f", "lavfi", "-i", "testsrc=s=32x32", "-frames:v", "1", str(room.folder / "cover.png"))
    (room.folder / "words.srt").write_text("1\n00:00:00,100 --> 00:00:01,000\nHello\n\n")
    return room


def put(plain: Room, odd: Odd, folder: Path) -> Room:
    """A room in which clip x is the odd one."""
    file = folder / odd.name
    beside = ("cover.png", "words.srt")
    how = [str(plain.folder / word) if word in beside else word.replace("'", "") for word in odd.how.split()]
    made("-i", str(plain.clips["x"]), *how, str(file))
    for id in "ac":
        shutil.copy(plain.clips[id], folder)
    return Room(folder, {id: folder / f"{id}.mp4" for id in "axc"}, dict(plain.lengths))


def made(*arguments: str) -> None:
    subprocess.run([ffmpeg.program(), "-loglevel", "error", "-y", *arguments], check=True, stdin=subprocess.DEVNULL)


def footage_of(folder: Path) -> Footage:
    return Footage(ProjectFiles(folder, folder / "digests.json"), Notes(folder))


@pytest.mark.parametrize("joined", [False, True], ids=["hard cuts", "dissolves"])
@pytest.mark.parametrize("name", TABLE)
def test_right_or_refused(plain: Room, tmp_path: Path, name: str, joined: bool) -> None:
    odd = TABLE[name]
    room = put(plain, odd, tmp_path)
    seconds = footage_of(tmp_path).seconds(odd.name)
    assert abs(seconds - 2) <= Fraction(1, 12)
    (tmp_path / odd.name).rename(tmp_path / "x.mp4")
    over = into("dissolve", "0.25") if joined else None
    reel = room.build(room.board(entry("a", into=over), entry("x", into=over), entry("c")), AUTO)

    overlap = 6 if joined else 0
    shown = [read(frame) for frame in pictures(reel)]
    assert len(shown) == 96 - 2 * overlap
    first = 24 - overlap
    assert shown[:first] == [(1, n) for n in range(first)]
    assert shown[-first:] == [(3, n) for n in range(overlap, 24)]
    alone = [(clip, number - n) for n, (clip, number) in enumerate(shown[24 : 72 - 2 * overlap], overlap)]
    assert {clip for clip, _ in alone} == {2}
    assert max(abs(off) for _, off in alone) <= odd.drift, alone
    loud = np.flatnonzero(np.abs(heard(reel)[0]) > 0.2)
    if odd.sound:
        assert loud[0] / 48_000 == pytest.approx(1.5 - overlap / 24, abs=0.0025)
    else:
        assert not len(loud)


WRONG = {
    "cut off": lambda data: data[: len(data) * 2 // 3],
    "without its index": lambda data: data[: data.index(b"moov") - 4],
    "nothing in it": lambda data: b"",
    "a web page": lambda data: b"<html>503 Service Unavailable</html>" * 99,
    "zeroes": lambda data: bytes(len(data)),
}


@pytest.mark.parametrize("name", WRONG)
def test_broken_footage_is_refused_before_anything_is_made(plain: Room, tmp_path: Path, name: str) -> None:
    (tmp_path / "x.mp4").write_bytes(WRONG[name](plain.clips["x"].read_bytes()))
    with pytest.raises(LocalTool, match=r"x\.mp4"):
        footage_of(tmp_path).seconds("x.mp4")


def test_a_picture_that_is_damaged_in_the_middle(plain: Room, tmp_path: Path) -> None:
    """Every box and every packet is whole; only what is in one of them is not."""
    broken, file = plain.clips["x"].read_bytes(), tmp_path / "x.mp4"
    hurt = max(packets(plain.clips["x"], "video")[4:], key=lambda packet: packet.size)
    middle = hurt.pos + hurt.size // 2
    file.write_bytes(broken[:middle] + bytes(b ^ 0x55 for b in broken[middle : middle + 40]) + broken[middle + 40 :])
    assert probe(file).frames == 48
    for id in "ac":
        shutil.copy(plain.clips[id], tmp_path)
    room = Room(tmp_path, {id: tmp_path / f"{id}.mp4" for id in "axc"}, dict(plain.lengths))
    with pytest.raises(LocalTool, match="corrupt decoded frame"):
        room.build(room.board())


def test_sound_alone_is_no_footage(plain: Room, tmp_path: Path) -> None:
    with pytest.raises(LocalTool, match="no picture"):
        footage_of(put(plain, Odd("-vn -c:a copy"), tmp_path).folder).seconds("x.mp4")


def first_of_x(room: Room) -> np.ndarray:
    return pictures(room.build(room.board(), AUTO))[34].to_ndarray(format="gray").astype(float)


@pytest.mark.parametrize(("transfer", "signal"), [("smpte2084", 0.58), ("arib-std-b67", 0.75)])
def test_a_white_page_in_high_dynamic_range_is_light_in_standard_range(
    plain: Room, tmp_path: Path, transfer: str, signal: float
) -> None:
    """203 nits, as ITU-R BT.2408 has it; left as it is, the signal would be a mid grey."""
    code = round(64 + signal * 876)
    grey = f"geq=lum={code}:cb=512:cr=512"
    room = put(plain, Odd(f"-vf {HDR.format(transfer)},{grey} -c:v libx265 -c:a copy"), tmp_path)
    assert 195 <= first_of_x(room).mean() <= 235


def test_fields_are_woven_into_whole_pictures(plain: Room, tmp_path: Path) -> None:
    """Lines black and white, the next time white and black: as fields, they are no picture, but two."""
    combs = "geq=lum=235*mod(Y+N\\,2):cb=128:cr=128,setfield=tff"
    room = put(plain, Odd(f"-vf {combs} -c:v libx264 -qp 4 -flags +ildct+ilme -c:a copy"), tmp_path)
    found = first_of_x(room)
    assert np.abs(np.diff(found, axis=0)).mean() < 40


def test_what_is_transparent_is_black(plain: Room, tmp_path: Path) -> None:
    clear = "format=gbrap,geq=r=255:g=255:b=255:a=0"
    room = put(plain, Odd(f"-vf {clear} -c:v qtrle -c:a copy", "x.mov"), tmp_path)
    (tmp_path / "x.mov").rename(tmp_path / "x.mp4")
    assert first_of_x(room).max() < 30
