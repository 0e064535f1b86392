"""What a file names is never opened: not by PyAV, not by the ffmpeg program, whatever the file is called."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from reelmake.errors import LocalTool
from reelmake.media import ffmpeg
from reelmake.media.probe import damage, opened, probe
from tests.support.film import footage

LISTS = {
    "playlist": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{it}\n#EXT-X-ENDLIST\n",
    "playlist of streams": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{it}\n",
    "playlist with a key": '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-KEY:METHOD=AES-128,URI="{it}"\n#EXTINF:1,\n{it}\n',
    "playlist with a header": '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MAP:URI="{it}"\n#EXTINF:1,\n{it}\n',
    "ffconcat": "ffconcat version 1.0\nfile '{it}'\n",
    "SDP": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\n"
    "a=rtpmap:96 H264/90000\n",
    "DASH": '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
    'mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" '
    'bandwidth="1"><BaseURL>{it}</BaseURL></Representation></AdaptationSet></Period></MPD>\n',
    "ASX": '<asx version="3.0"><entry><ref href="{it}"/></entry></asx>\n',
    "RealMedia": "rtsp://127.0.0.1:{port}/x\n",
    "SMIL": '<smil><body><video src="{it}"/></body></smil>\n',
    "IMF": '<AssetMap xmlns="http://www.smpte-ra.org/schemas/429-9/2007/AM"><AssetList/></AssetMap>\n',
    "VapourSynth": "import vapoursynth\nopen('{it}')\n",
    "AviSynth": 'AviSource("{it}")\n',
    "SVG": '<svg xmlns="http://www.w3.org/2000/svg"><image href="{it}"/></svg>\n',
    "SubRip": "1\n00:00:00,000 --> 00:00:01,000\n<img src={it}>\n",
}


class Canary:
    """A pipe, and a port of this machine: both say whether anybody came."""

    def __init__(self, folder: Path) -> None:
        self.pipe = folder / "canary.mp4"
        os.mkfifo(self.pipe)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.sung: list[str] = []
        threading.Thread(target=self._piped, daemon=True).start()
        threading.Thread(target=self._called, daemon=True).start()

    def _piped(self) -> None:
        with self.pipe.open("wb"):  # opens when somebody reads
            self.sung.append("the file was opened")

    def _called(self) -> None:
        try:
            self.server.accept()
        except OSError:
            return
        self.sung.append("the network was used")

    def close(self) -> None:
        with self.pipe.open("rb"):
            pass
        self.server.close()


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Canary]:
    made = Canary(tmp_path)
    yield made
    assert made.sung == []
    made.close()


def all_refuse(file: Path) -> None:
    """PyAV for packets and for pictures, and the program."""
    with pytest.raises(LocalTool) as caught:
        probe(file)
    assert file.name in str(caught.value)
    with pytest.raises(LocalTool):
        damage(file)
    with pytest.raises(LocalTool):
        ffmpeg.measure(["-i", str(file), "-f", "null", "-"])


@pytest.mark.parametrize("suffix", [".mp4", ".m3u8", ".mkv"])
@pytest.mark.parametrize("kind", LISTS)
def test_a_list_is_refused_before_what_it_names(tmp_path: Path, canary: Canary, kind: str, suffix: str) -> None:
    for number, it in enumerate((str(canary.pipe), canary.pipe.name, f"http://127.0.0.1:{canary.port}/x.ts")):
        file = tmp_path / f"film{number}{suffix}"
        file.write_text(LISTS[kind].format(it=it, port=canary.port))
        all_refuse(file)


@pytest.mark.parametrize("kind", ["playlist", "ffconcat", "SDP"])
@pytest.mark.parametrize("ending", [".m3u8", ".ffconcat", ".sdp", ".mpd", ".concat"])
def test_whatever_its_name_promises(tmp_path: Path, canary: Canary, kind: str, ending: str) -> None:
    file = tmp_path / f"film{ending}"
    file.write_text(LISTS[kind].format(it=canary.pipe, port=canary.port))
    all_refuse(file)


def test_a_film_whose_packets_lie_in_another_file(tmp_path: Path, canary: Canary) -> None:
    """QuickTime's data references: an alias record with the path of what is to be read."""
    film = footage(tmp_path / "a.mov", 1, 24).read_bytes()
    name = str(canary.pipe).encode()
    alias = bytes(4) + struct.pack(">HH", 150, 2) + bytes(2) + bytes(28) + bytes(8 + 64 + 16 + 14)
    alias = (
        alias[:150].ljust(150, b"\0")
        + struct.pack(">hH", 2, len(name))
        + name
        + bytes(len(name) % 2)
        + struct.pack(">h", -1)
        + bytes(2)
    )
    entry = struct.pack(">I4sI", 12 + len(alias), b"alis", 0) + alias
    reference = struct.pack(">I4sII", 16 + len(entry), b"dref", 0, 1) + entry
    at = film.index(b"dref") - 4
    old = int.from_bytes(film[at : at + 4])
    grown, made = len(reference) - old, bytearray(film)
    made[at : at + old] = reference
    for box in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):  # the first track's: each holds the next
        start = bytes(made).index(box) - 4
        made[start : start + 4] = struct.pack(">I", int.from_bytes(made[start : start + 4]) + grown)
    file = tmp_path / "outside.mov"
    file.write_bytes(made)
    try:
        probe(file)
        ffmpeg.measure(["-i", str(file), "-f", "null", "-"])
    except LocalTool:
        pass  # whether it can be read without is all one: the canary is silent


def test_a_name_is_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No protocol, no option, no row of numbered pictures, and no folder of another drive."""
    monkeypatch.chdir(tmp_path)
    film = footage(Path("film.mp4"), 1, 24).read_bytes()
    for name in ("http:x.mp4", "concat:a|b.mp4", "data:,x.mp4", "-i.mp4", "take%03d.mp4", "a*[1]?.mp4", "file:x.mp4"):
        Path(name).write_bytes(film)
        assert probe(Path(name)).frames == 24
        ffmpeg.run(["-i", name, "-c", "copy", "-f", "mp4", "copied.mp4"], Path("copied.mp4"))
        assert probe(Path("copied.mp4")).frames == 24


def test_a_picture_that_is_called_like_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (64, 36), "red").save("shown%02d.png")
    Image.new("RGB", (64, 36), "blue").save("shown01.png")
    for name in ("shown%02d.png", "shown01.png"):
        into = tmp_path / "out.png"
        ffmpeg.run(["-i", name, "-frames:v", "1", "-f", "image2", "-update", "1", str(into)], into)
        with Image.open(into) as seen:
            red, _, blue = seen.convert("RGB").getpixel((9, 9))
            assert (red > blue) == ("%" in name)


@pytest.mark.parametrize("name", ["a{1}", "what?", "all*", "%03d", "{sub}/a", "[1]"])
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".gif"])
def test_a_photo_with_a_mark_in_its_path_is_one_photo(tmp_path: Path, name: str, suffix: str) -> None:
    file = tmp_path / f"{name}{suffix}"
    file.parent.mkdir(exist_ok=True)
    Image.new("RGB", (64, 36), "red").save(file)
    with opened(file) as container:
        frame = next(container.decode(video=0))
        assert (frame.width, frame.height) == (64, 36)


def test_a_frame_that_would_take_all_memory(tmp_path: Path) -> None:
    """A few kB say that they are 15,000 pixels across and down."""
    film = bytearray(footage(tmp_path / "a.avi", 1, 24, codec="ffvhuff").read_bytes())
    at = film.index(b"strf") + 12
    film[at : at + 8] = struct.pack("<ii", 15_000, 15_000)
    file = tmp_path / "wide.avi"
    file.write_bytes(film)
    with pytest.raises(LocalTool, match=r"15000x15000 pixels; the most"), opened(file):
        pass


def test_a_film_that_says_it_lasts_for_days(tmp_path: Path) -> None:
    """24 frames, of which each is to last for hours: a cut of it would be millions of frames."""
    film = bytearray(footage(tmp_path / "a.avi", 1, 24, codec="mpeg4").read_bytes())
    at = film.index(b"vids") + 20
    film[at : at + 8] = struct.pack("<ii", 19_050, 1)  # seconds a frame
    file = tmp_path / "long.avi"
    file.write_bytes(film)
    with pytest.raises(LocalTool, match=r"claims to be 127 hours long; the limit is 24 hours"):
        probe(file)
