"""The texts that ffmpeg gets. If one of these changes on purpose, raise RENDERER in model/frame.py with it."""

from dataclasses import replace
from fractions import Fraction
from pathlib import PurePosixPath

import ffmpeg
import pytest

from reelmake.assemble.filter_graph import Print, Reading, arguments, encoder, finished, piece, timescale
from reelmake.assemble.framing import Material, Placement, placement
from reelmake.model.frame import RENDERER, CameraMove, Fit, Size
from reelmake.model.overlay import Title
from reelmake.model.segment import Fading, Piece, VideoFormat
from reelmake.transitions import blinds, clock, cover, dip, dissolve, doors, iris, push, squeeze, uncover, whip, wipe

PICTURE = VideoFormat(Size(1280, 720), Fraction(24), 18, "medium")
FULL = Material(Size(1280, 720), seconds=Fraction(4))
LAID = "overlay=alpha=straight:eof_action=repeat:format=auto:shortest=1"
SCALE = "scale=1280:720:flags=lanczos+accurate_rnd+full_chroma_int+bitexact:out_color_matrix=bt709:out_range=tv"


def text(stream: object, picture: VideoFormat = PICTURE) -> str:
    args = arguments(stream, PurePosixPath("out.mp4"), encoder(picture, 24))
    return args[args.index("-filter_complex") + 1]


def short(stream: object) -> str:
    """The graph without the labels of its wires, for reading."""
    return " ".join(part.partition("]")[2].rpartition("[")[0] for part in text(stream).split(";"))


def test_this_is_the_renderer_of_these_texts() -> None:
    assert RENDERER == "4"


def test_a_plain_body() -> None:
    stream = piece(Reading(PurePosixPath("a.mp4"), FULL), Piece(6, 24, "pad"), PICTURE)
    assert short(finished(stream, PICTURE)) == (
        "setpts=PTS-STARTPTS+0.03*1/(24*TB) fps=24/1 tpad=stop=-1:stop_mode=clone trim=end_pts=30:start_pts=6 "
        f"setpts=PTS-STARTPTS {SCALE} setsar=1 format=yuv420p format=yuv420p setsar=1 "
        "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
    )


def test_far_into_a_clip_it_seeks() -> None:
    long = Material(Size(1280, 720), start=Fraction(1, 2), seconds=Fraction(600))
    stream = piece(Reading(PurePosixPath("a.mp4"), long), Piece(24 * 60, 24, "pad"), PICTURE)
    args = arguments(stream, PurePosixPath("out.mp4"), {})
    wanted = ["-noaccurate_seek", "-reinit_filter", "0", "-ss", "56.000000", "-threads", "2", "-i", "a.mp4"]
    assert args[:9] == wanted
    assert "setpts=PTS-(-55.500000/TB)+0.03*1/(24*TB)" in args[args.index("-filter_complex") + 1]


def test_what_is_decoded_in_vain_is_decoded_by_two() -> None:
    def threads(start: int) -> str:
        stream = piece(Reading(PurePosixPath("a.mp4"), FULL), Piece(start, 24, "pad"), PICTURE)
        args = arguments(stream, PurePosixPath("out.mp4"), {})
        return args[args.index("-threads") + 1]

    assert [threads(start) for start in (0, 24, 25)] == ["1", "1", "2"]


def test_titles_and_slates_count_from_their_own_first_frame() -> None:
    prints = (Print(PurePosixPath("t.png"), 0, 500),), Print(PurePosixPath("s.png"), 0, 0)
    wanted = Piece(0, 24, "pad", Title("Hi", -10, 40), "park · draft")
    graph = short(piece(Reading(PurePosixPath("a.mp4"), FULL, *prints), wanted, PICTURE))
    assert "loop=loop=-1:size=1 setpts=N trim=end_frame=40 fade=alpha=1:nb_frames=10:start_frame=0:type=in " in graph
    assert "fade=alpha=1:nb_frames=10:start_frame=30:type=out trim=start_frame=10 setpts=PTS-STARTPTS+0" in graph
    assert "overlay=alpha=straight:eof_action=pass:x=0:y=500" in graph
    assert "overlay=alpha=straight:eof_action=repeat:x=0:y=0" in graph


def test_one_clip_can_be_read_again_and_again() -> None:
    """In a segment that shows it several times each reading is a branch of its own, deinterlaced or not."""
    for material in (FULL, replace(FULL, interlaced=True)):
        readings = [Reading(PurePosixPath("a.mp4"), material, again=again) for again in range(3)]
        pictures = [piece(reading, Piece(0, 24, "pad"), PICTURE) for reading in readings]
        told = text(ffmpeg.filter(pictures, "hstack", inputs=3))
        assert (told.count("fps=24/1"), told.count("bwdif")) == (3, 3 * material.interlaced)


def test_file_names_are_only_ever_arguments() -> None:
    name = "it's [a];'b':c%d,\\x.mp4"
    args = arguments(piece(Reading(PurePosixPath(name), FULL), Piece(0, 1, "pad"), PICTURE), PurePosixPath("o.mp4"), {})
    assert args[args.index("-i") + 1] == name
    assert name not in args[args.index("-filter_complex") + 1]


def test_what_the_encoder_is_told() -> None:
    options = encoder(PICTURE, 24)
    assert options["x264-params"] == (
        "stitchable=1:sps-id=31:keyint=48:min-keyint=6:open-gop=0:threads=2:rc-lookahead=20:sync-lookahead=0:lookahead-threads=1:cpu-independent=1:"
        "force-cfr=1:colorprim=bt709:transfer=bt709:colormatrix=bt709"
    )
    assert not {"colorspace", "color_range", "color_primaries", "color_trc"} & options.keys()  # they convert, measured
    assert (options["frames:v"], options["video_track_timescale"]) == (24, 12288)


@pytest.mark.parametrize(
    "fps", [Fraction(24), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(25), Fraction(15, 2)]
)
def test_a_frame_is_a_whole_number_of_ticks(fps: Fraction) -> None:
    assert (timescale(fps) / fps).denominator == 1


def streams() -> tuple[object, object]:
    readings = [Reading(PurePosixPath(f"{n}.mp4"), FULL) for n in "ab"]
    return tuple(piece(r, Piece(0, 8, "pad"), PICTURE) for r in readings)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("shelf", "params", "said"),
    [
        (dissolve, {}, "xfade=duration=0.375000:offset=0:transition=fade"),
        (wipe, {"direction": "up"}, "xfade=duration=0.375000:offset=0:transition=wipeup"),
        (wipe, {"soft": True}, "xfade=duration=0.375000:offset=0:transition=smoothleft"),
        (wipe, {"direction": "up-left", "soft": True}, "xfade=duration=0.375000:offset=0:transition=diagtl"),
        (dissolve, {"curve": "slow"}, "xfade=duration=0.375000:offset=0:transition=fadeslow"),
        (push, {}, "hstack=shortest=1 crop=iw/2:ih:ow*(((n+1)/9)):0"),
        (push, {"direction": "down"}, "vstack=shortest=1 crop=iw:ih/2:0:oh*(1-((n+1)/9))"),
        (
            cover,
            {"direction": "up"},
            f"{LAID}:x=0:y=-H*((t*24/1+1)/9-1)",
        ),
        (uncover, {}, f"{LAID}:x=-W*((t*24/1+1)/9):y=0"),
        (
            whip,
            {},
            "format=yuva420p|yuva422p10le|yuva444p10le fade=alpha=1:nb_frames=2:start_frame=0:type=in",
        ),
        (iris, {"direction": "close"}, "transition=circleclose"),
        (clock, {}, "transition=radial"),
        (doors, {"axis": "vertical"}, "transition=horzopen"),
        (squeeze, {}, "transition=squeezev"),
        (blinds, {"direction": "up"}, "transition=vuslice"),
        (dip, {"color": "#102030"}, "fade=color=0x102030:nb_frames=4:start_frame=0:type=out"),
    ],
)
def test_transitions(shelf: object, params: dict[str, object], said: str) -> None:
    assert said in short(shelf.fragment(*streams(), 8, Fraction(24), params))  # type: ignore[attr-defined]


HD = Size(1280, 720)


@pytest.mark.parametrize(
    ("size", "sar", "fit", "scale", "over"),
    [
        (Size(1280, 720), 1, "pad", HD, ""),
        (Size(640, 360), 1, "pad", HD, ""),
        (Size(720, 1280), 1, "pad", Size(406, 720), "black"),
        (Size(720, 1280), 1, "blur", Size(406, 720), "blur"),
        (Size(720, 1280), 1, "crop", Size(1280, 2276), ""),
        (Size(720, 1280), 1, "stretch", HD, ""),
        (Size(1792, 1024), 1, "pad", Size(1280, 732), ""),  # bars of 0.8 % would be a defect
        (Size(960, 720), Fraction(4, 3), "pad", HD, ""),  # its pixels are not square
        (Size(2048, 858), 1, "pad", Size(1280, 536), "black"),
    ],
)
def test_where_a_clip_goes(size: Size, sar: Fraction, fit: Fit, scale: Size, over: str) -> None:
    assert placement(Material(size, Fraction(sar)), HD, fit) == Placement(scale, over)


def test_a_move_and_a_look() -> None:
    share = tuple(map(Fraction, ("0", "0", "0.5", "0.5")))
    wanted = Piece(
        12, 24, "pad", move=CameraMove((Fraction(0), Fraction(0), Fraction(1), Fraction(1)), share), whole=49
    )  # type: ignore[arg-type]
    photo = Reading(PurePosixPath("p.png"), Material(Size(4000, 2250)), look=PurePosixPath("teal.cube"))
    graph = short(piece(photo, wanted, PICTURE))
    assert "scale=2560:1440:" in graph  # twice the picture: that is what the nearest window needs
    assert "perspective=eval=frame:interpolation=cubic:sense=source:x0=0.0000+0.0000*min(1\\,(on-1+12)/48)" in graph
    assert "format=gbrp lut3d=file=teal.cube:interp=tetrahedral" in graph


def test_what_runs_backwards_is_turned_once_it_has_its_size_and_fades_lie_over_all_of_it() -> None:
    fades = (Fading(0, 6, False), Fading(18, 6, True, "#102030"))
    colors = (PurePosixPath("in.png"), PurePosixPath("out.png"))
    reading = Reading(PurePosixPath("a.mp4"), FULL, (Print(PurePosixPath("t.png"), 0, 500),), colors=colors)
    wanted = Piece(12, 24, "crop", Title("Hi", 0, 24), reverse=True, fades=fades)
    graph = short(piece(reading, wanted, PICTURE))
    order = ["trim=end_pts=36:start_pts=12", "reverse", "y=500", "fade=alpha=1:nb_frames=6:start_frame=0:type=out"]
    assert [graph.index(part) for part in order] == sorted(graph.index(part) for part in order)
    assert "trim=end_frame=6 fade=alpha=1:nb_frames=6:start_frame=0:type=out trim=start_frame=0" in graph
    assert "trim=end_frame=7 fade=alpha=1:nb_frames=6:start_frame=0:type=in trim=start_frame=1" in graph
    assert "setpts=PTS-STARTPTS+18" in graph
    plain = short(piece(replace(reading, colors=()), replace(wanted, reverse=False, fades=()), PICTURE))
    assert "reverse" not in plain
    assert "end_frame=7" not in plain
