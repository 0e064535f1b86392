"""The table of odd footage: a row is a name, how ffmpeg makes it, and what a plan says of it. Knows nothing of cuts."""

from __future__ import annotations

from fractions import Fraction

from tests.support.bytes_of import clean, hidden, jumping
from tests.support.odd import X264, Odd

HDR = "setparams=color_primaries=bt2020:color_trc={}:colorspace=bt2020nc,format=yuv420p10le"
FIELDS = "fps=60000/1001,interlace=scan={}"
HALVES = {"how": f"-t 1 {X264} -c:a aac", "name": "x.ts"}
LAME = Fraction(1105, 48_000)  # seconds that its encoder and its decoder put in front
PRIMING = Fraction(1024)  # samples of AAC in front; the clock of the container begins with them
PRESKIP = Fraction(312, 48_000)  # of Opus; sounds that overlap by so little go on one behind the other
LATER = "-ss 1 -i plain.mp4 -map 1"

SOUND = {
    "no sound": Odd("-c:v copy -an", sound=False, says="no audio, silence added"),
    "sound shorter than the picture": Odd(
        "-c:v copy -af atrim=end=1.7 -c:a aac", says="silence added for the last 0.30 s"
    ),
    "sound longer than the picture": Odd(
        "-c:v copy -af apad=pad_dur=0.7 -c:a aac",
        says="the last 0.70 s of its audio left out, as its picture ends there",
    ),
    "sound that begins late": Odd(
        "-c:v copy -af atrim=start=0.3 -c:a pcm_s16le", "x.mov", says="silence added for the first 0.30 s"
    ),
    "sound that begins before the picture": Odd(
        "-itsoffset -0.25 -i plain.mp4 -map 0:v -map 1:a -c copy", "x.mkv", late=(Fraction(-1, 4),) * 2
    ),
    "sound with a hole in it": Odd("-c:v copy -af aselect='not(between(t\\,0.7\\,1.1))' -c:a flac", "x.mkv"),
    "sound at 8 kHz, mono": Odd(f"{X264} -ar 8000 -ac 1 -c:a aac", says="mono → stereo, 8 → 48 kHz"),
    "sound at 44.1 kHz, mono": Odd("-c:v copy -ar 44100 -ac 1 -c:a aac", says="mono → stereo, 44.1 → 48 kHz"),
    "sound at 96 kHz, PCM": Odd("-c:v copy -ar 96000 -c:a pcm_s24le", "x.mov", says="96 → 48 kHz"),
    "sound at 192 kHz, FLAC": Odd("-c:v copy -ar 192000 -c:a flac", "x.mkv", says="192 → 48 kHz"),
    "quadraphonic sound": Odd("-c:v copy -ac 4 -c:a flac", "x.mkv", says="4.0 → stereo"),
    "5.1 sound": Odd("-c:v copy -ac 6 -c:a aac", says="5.1 → stereo"),
    "7.1 sound": Odd("-c:v copy -ac 8 -c:a pcm_s16le", "x.mov", says="7.1 → stereo"),
    "Opus in Matroska": Odd("-c:v copy -c:a libopus", "x.mkv"),
    "AC-3": Odd("-c:v copy -c:a ac3", "x.mkv"),
    "MP3 in AVI": Odd("-c:v mpeg4 -q:v 2 -c:a libmp3lame", "x.avi", drift=1, late=(LAME, LAME)),
    "four channels of no layout": Odd(
        "-c:v copy -af pan=4c|c0=c0|c1=c0|c2=c0|c3=c0 -c:a pcm_s16le", "x.mkv", says="4 channels → stereo"
    ),
    "another rate of sound from the middle on": Odd(
        **HALVES,
        then=f"{LATER} {X264} -c:a aac -ar 32000 -ac 1",
        late=(Fraction(0), PRIMING / 48_000 - PRIMING / 32_000),
    ),
    "two tracks of sound": Odd(
        "-f lavfi -t 2 -i anoisesrc=a=0.05 -map 0 -map 1 -c:v copy -c:a aac", says="the first of its 2 audio tracks"
    ),
    "a sound track before the picture": Odd("-map 0:a -map 0:v -c copy"),
}

TIME = {
    "23.976 frames a second": Odd(
        f"-vf setpts=PTS*1.001 {X264} -r 24000/1001 -c:a copy", drift=1, says="23.976 → 24 fps"
    ),
    "25 frames a second": Odd(f"-vf fps=25 {X264} -c:a copy", drift=1, says="25 → 24 fps"),
    "29.97 frames a second": Odd(f"-vf fps=30000/1001 {X264} -c:a copy", drift=1, says="29.97 → 24 fps"),
    "30 frames a second": Odd(f"-vf fps=30 {X264} -c:a copy", drift=1, says="30 → 24 fps"),
    "48 frames a second": Odd(f"-vf fps=48 {X264} -c:a copy", drift=1, says="48 → 24 fps"),
    "60 frames a second": Odd(f"-vf fps=60 {X264} -c:a copy", drift=1, says="60 → 24 fps"),
    "1000 frames a second": Odd(f"-vf fps=1000 {X264} -c:a copy", drift=1, says="1000 → 24 fps"),
    "12 frames a second": Odd(f"-vf fps=12 {X264} -c:a copy", drift=1, says="12 → 24 fps"),
    "1 frame a second": Odd(f"-vf fps=1 {X264} -c:a copy", drift=24, says="1 → 24 fps"),
    "half a frame a second": Odd(f"-vf fps=1/2 {X264} -c:a copy", drift=48, says="0.5 → 24 fps"),
    "variable rate": Odd(
        f"-vf select='not(eq(mod(n\\,7)\\,3))' -fps_mode vfr {X264} -c:a copy", drift=1, says="variable → 24 fps"
    ),
    "a hole in the picture": Odd(
        f"-vf select='not(between(n\\,20\\,30))' -fps_mode vfr {X264} -c:a copy", drift=11, says="variable → 24 fps"
    ),
    "a clock of 90 kHz": Odd("-c copy -video_track_timescale 90000"),
    "a clock of milliseconds": Odd("-c copy", "x.mkv"),
    "times that begin at 5 s": Odd("-c copy -output_ts_offset 5 -f mpegts", "x.ts"),
    "times that begin at 12 h": Odd("-c copy -output_ts_offset 43200", "x.mkv"),
    "times that begin below zero": Odd(
        "-c copy -output_ts_offset -0.25 -avoid_negative_ts disabled", "x.mov", begins=6
    ),
    "times that wrap around": Odd("-c copy -output_ts_offset 95442 -f mpegts", "x.ts"),
    "an edit list that hides the beginning": Odd("-ss 0.33333 -i plain.mp4 -map 1 -c copy", begins=8),
    "the picture begins 300 ms after the sound": Odd(
        "-itsoffset 0.3 -i plain.mp4 -map 1:v -map 0:a -c copy", "x.mkv", late=(Fraction(-3, 10),) * 2
    ),
    "fragments": Odd("-c copy -movflags frag_keyframe+delay_moov"),
    "interlaced": Odd("-vf setfield=tff -c:v libx264 -flags +ildct+ilme -c:a copy", says="deinterlaced"),
    "59.94i": Odd(
        f"-vf {FIELDS.format('tff')} -c:v libx264 -crf 12 -flags +ildct+ilme -c:a copy",
        drift=1,
        says="29.97 → 24 fps, deinterlaced",
    ),
    "59.94i, lower field first": Odd(
        f"-vf {FIELDS.format('bff')} -c:v libx264 -crf 12 -flags +ildct+ilme -x264opts bff=1 -c:a copy",
        drift=1,
        says="29.97 → 24 fps, deinterlaced",
    ),
    "telecine": Odd(
        "-vf telecine,setfield=tff -c:v libx264 -crf 12 -flags +ildct+ilme -c:a copy",
        drift=2,
        says="30 → 24 fps, deinterlaced",
    ),
}

PICTURE = {
    "another size": Odd(f"-vf scale=416:192 {X264} -c:a copy", says="416x192 → 208x96"),
    "an odd size": Odd(
        "-vf scale=207:95 -c:v libx264 -pix_fmt yuv444p -c:a copy", says="207x95 → 208x96, 4:4:4 → 4:2:0"
    ),
    "pixels that are not square": Odd(
        f"-vf scale=156:96,setsar=4/3 {X264} -c:a copy", says="156x96 → 208x96, square pixels"
    ),
    "pixels of no shape": Odd(f"-vf setsar=0 {X264} -c:a copy"),
    "lying on its side": Odd("-display_rotation -90 -i side.mp4 -map 1 -c copy", turned=True, says="rotated"),
    "upside down": Odd("-display_rotation 180 -i head.mp4 -map 1 -c copy", turned=True, says="rotated"),
    "mirrored": Odd("-display_hflip -i mirror.mp4 -map 1 -c copy", turned=True, says="rotated"),
    "flipped": Odd("-display_vflip -i flip.mp4 -map 1 -c copy", turned=True, says="rotated"),
    "baseline": Odd(f"{X264} -profile:v baseline -c:a copy"),
    "one keyframe, pyramids": Odd("-c:v libx264 -bf 8 -b_strategy 2 -refs 8 -c:a copy"),
    "open groups of pictures": Odd("-c:v libx264 -x264-params open-gop=1:keyint=12 -c:a copy"),
    "intra refresh": Odd("-c:v libx264 -x264-params intra-refresh=1:keyint=12 -c:a copy"),
    "lossless": Odd("-c:v libx264 -qp 0 -preset ultrafast -c:a copy"),
    "ten bits": Odd("-c:v libx264 -pix_fmt yuv420p10le -c:a copy", says="10 → 8 bits"),
    "4:2:2": Odd("-c:v libx264 -pix_fmt yuv422p -c:a copy", says="4:2:2 → 4:2:0"),
    "4:2:2, ten bits": Odd("-c:v libx264 -pix_fmt yuv422p10le -c:a copy", says="10 → 8 bits, 4:2:2 → 4:2:0"),
    "4:4:4": Odd("-c:v libx264 -pix_fmt yuv444p -c:a copy", says="4:4:4 → 4:2:0"),
    "RGB": Odd("-c:v libx264rgb -c:a copy", "x.mkv", says="RGB → 4:2:0"),
    "grey": Odd("-c:v libx264 -pix_fmt gray -c:a copy", says="full → TV range"),
    "full range": Odd(f"-vf scale=out_range=pc -color_range pc {X264} -c:a copy", says="full → TV range"),
    "BT.601": Odd(
        f"-vf scale=out_color_matrix=bt601,setparams=colorspace=smpte170m {X264} -c:a copy", says="BT.601 → BT.709"
    ),
    "HDR, PQ": Odd(f"-vf {HDR.format('smpte2084')} -c:v libx265 -c:a copy", says="PQ → SDR, 10 → 8 bits"),
    "HDR, HLG": Odd(f"-vf {HDR.format('arib-std-b67')} -c:v libx265 -c:a copy", says="HLG → SDR, 10 → 8 bits"),
    "a cover picture as well": Odd("-i cover.png -map 0 -map 1 -c copy -c:v:1 png -disposition:v:1 attached_pic"),
    "a cover picture before the picture": Odd(
        "-i cover.png -map 1 -map 0 -c copy -c:v:0 png -disposition:v:0 attached_pic"
    ),
    "two pictures": Odd(
        "-f lavfi -t 2 -i testsrc=s=64x64:r=24 -map 0 -map 1 -c copy -c:v:1 libx264",
        "x.mkv",
        says="the first of its 2 video tracks",
    ),
    "subtitles and data beside it": Odd("-i words.srt -map 0 -map 1 -c copy -c:s mov_text"),
    "another size from the middle on": Odd(**HALVES, then=f"{LATER} -vf scale=416:192 {X264} -c:a aac"),
    "another shape from the middle on": Odd(
        **HALVES,
        then=f"{LATER} -vf scale=160:120 {X264} -c:a aac",
        refused="changes its shape, 208x96 → 160x120 at 1.00 s",
    ),
}

CODECS = {
    "HEVC": Odd("-c:v libx265 -c:a copy"),
    "HEVC, open groups": Odd("-c:v libx265 -x265-params open-gop=1:keyint=12:log-level=error -c:a copy", "x.mkv"),
    "VP8": Odd("-c:v libvpx -crf 10 -b:v 2M -deadline realtime -c:a libvorbis", "x.webm", says="BT.601 → BT.709"),
    "VP9": Odd("-c:v libvpx-vp9 -crf 20 -b:v 0 -deadline realtime -c:a libopus", "x.webm"),
    "VP9 with transparency": Odd(
        "-vf format=yuva420p -c:v libvpx-vp9 -crf 20 -b:v 0 -deadline realtime -c:a libopus",
        "x.webm",
        says="alpha over black",
    ),
    "AV1": Odd("-c:v libsvtav1 -preset 10 -crf 20 -c:a copy"),
    "ProRes": Odd("-c:v prores_ks -profile:v 2 -c:a pcm_s16le", "x.mov", says="10 → 8 bits, 4:2:2 → 4:2:0"),
    "ProRes with transparency": Odd(
        "-vf format=yuva444p10le -c:v prores_ks -profile:v 4 -c:a pcm_s16le",
        "x.mov",
        says="alpha over black, 12 → 8 bits, 4:4:4 → 4:2:0",
    ),
    "DNxHR": Odd(
        "-vf scale=256:120 -c:v dnxhd -profile:v dnxhr_sq -pix_fmt yuv422p -c:a pcm_s16le",
        "x.mov",
        says="256x120 → 208x96, 4:2:2 → 4:2:0",
    ),
    "CineForm": Odd("-c:v cfhd -c:a pcm_s16le", "x.mov", says="10 → 8 bits, 4:2:2 → 4:2:0"),
    "MPEG-2": Odd("-c:v mpeg2video -q:v 2 -r 24 -c:a mp2", "x.mpg"),
    "MPEG-2 in a transport stream": Odd("-c:v mpeg2video -q:v 2 -bf 2 -c:a mp2", "x.ts"),
    "MPEG-2 in MXF": Odd("-c:v mpeg2video -q:v 2 -r 24 -c:a pcm_s16le", "x.mxf"),
    "MPEG-4 in AVI": Odd("-c:v mpeg4 -q:v 2 -c:a pcm_s16le", "x.avi", drift=1),
    "motion JPEG": Odd(
        "-c:v mjpeg -q:v 2 -pix_fmt yuvj420p -c:a pcm_s16le", "x.avi", says="BT.601 → BT.709, full → TV range"
    ),
    "Windows Media": Odd("-c:v wmv2 -q:v 2 -c:a wmav2", "x.wmv"),
    "Flash": Odd("-c:v flv -q:v 2 -c:a libmp3lame", "x.flv"),
    "Theora": Odd("-c:v libtheora -q:v 9 -c:a libvorbis", "x.ogv"),
    "FFV1": Odd("-c:v ffv1 -c:a flac", "x.mkv"),
    "DV": Odd("-target pal-dv", "x.dv", drift=1, says="25 → 24 fps, 720x576 → 208x96, square pixels, deinterlaced"),
    "VVC": Odd("-c:v libvvenc -preset faster -qp 20 -c:a copy", says="10 → 8 bits"),
    "GIF": Odd(
        "-vf fps=25 -an",
        "x.gif",
        drift=1,
        sound=False,
        says="25 → 24 fps, alpha over black, RGB → 4:2:0, no audio, silence added",
    ),
    "a GIF whose pictures last unequally": Odd(
        "-vf select='not(eq(mod(n\\,5)\\,3))' -fps_mode vfr -an",
        "x.gif",
        drift=1,
        sound=False,
        says="variable → 24 fps, alpha over black, RGB → 4:2:0, no audio, silence added",
    ),
    "bare H.264": Odd("-c copy -an", "x.h264", refused="no times: it is a bare stream"),
    "bare HEVC": Odd("-c:v libx265 -an", "x.hevc", refused="no times: it is a bare stream"),
}

RECORDINGS = "2 recordings joined"
TWICE = {"then": f"{LATER} {X264} -c:a aac", "apart": True, "says": RECORDINGS, "turned": True}
LIVE = "-c:v libvpx -crf 10 -b:v 2M -deadline realtime -c:a libopus -live 1"
PS = "-c:v mpeg2video -q:v 2 -r 24 -c:a mp2"

CLOCK = {
    "a clock that starts again": Odd(**HALVES, **TWICE),
    "a clock that jumps ahead by hours": Odd(
        **HALVES, **{**TWICE, "then": f"{LATER} {X264} -c:a aac -output_ts_offset 10800"}
    ),
    "a clock that jumps back by hours": Odd(f"-t 1 {X264} -c:a aac -output_ts_offset 10800", "x.ts", **TWICE),
    "a clock that jumps in the middle": Odd(
        f"{X264} -g 24 -bf 0 -c:a aac", "x.ts", after=jumping(None, 1, 5000), says=RECORDINGS, turned=True
    ),
    "a clock that jumps in the sound alone": Odd(
        f"{X264} -g 24 -c:a aac", "x.ts", after=jumping(0xC0, 1, -0.9), says=RECORDINGS, turned=True
    ),
    "Matroska behind Matroska": Odd(f"-t 1 {X264} -c:a aac", "x.mkv", **TWICE),
    "live WebM behind live WebM": Odd(
        f"-t 1 {LIVE}",
        "x.webm",
        then=f"{LATER} {LIVE}",
        apart=True,
        says=f"{RECORDINGS}, BT.601 → BT.709",
        turned=True,
        late=(Fraction(0), PRESKIP),
    ),
    "a program stream behind another": Odd(
        f"-t 1 {PS}",
        "x.mpg",
        then=f"{LATER} {PS}",
        apart=True,
        says=RECORDINGS,
        turned=True,
        late=(Fraction(0), Fraction(8, 1000)),
    ),
    "mp4 behind mp4": Odd("-c copy", then="-c copy", apart=True, refused="holds 2 films one after another"),
    "Flash behind Flash": Odd(
        f"{X264} -c:a aac", "x.flv", then=f"{X264} -c:a aac", apart=True, refused="holds 2 films one after another"
    ),
    "AVI behind AVI": Odd(
        "-c:v mpeg4 -c:a mp2",
        "x.avi",
        then="-c:v mpeg4 -c:a mp2",
        apart=True,
        refused="holds 2 films one after another",
    ),
    "a screen that stands still in the end": Odd(
        f"-vf select='lt(n\\,30)' -fps_mode vfr {X264} -c:a libopus",
        "x.mkv",
        drift=18,
        says="last frame held for 0.75 s",
    ),
    "the same, live": Odd(
        f"-vf select='lt(n\\,30)' -fps_mode vfr {LIVE}",
        "x.webm",
        drift=18,
        says="last frame held for 0.75 s, BT.601 → BT.709",
    ),
}

RIM = f"-vf pad=240:128:16:16:red {X264} -c:a copy"
CLEAN = {"says": "cropped to 208x96, as the file specifies", "turned": True}

SEEN = {
    "a clean aperture": Odd(RIM, after=clean(208, 96), **CLEAN),
    "a clean aperture beside the middle": Odd(
        f"-vf pad=240:128:24:8:red {X264} -c:a copy", after=clean(208, 96, 8, -8), **CLEAN
    ),
    "a clean aperture larger than the picture": Odd(f"{X264} -c:a copy", after=clean(900, 96)),
    "a clean aperture lying on its side": Odd(
        "-display_rotation -90 -i rim.mp4 -map 1 -c copy",
        after=clean(96, 208),
        says="cropped to 208x96, as the file specifies, rotated",
        turned=True,
    ),
    "a clean aperture of pixels that are not square": Odd(
        f"-vf scale=156:96,pad=180:128:12:16:red,setsar=4/3 {X264} -c:a copy",
        after=clean(156, 96),
        says="cropped to 156x96, as the file specifies, 156x96 → 208x96, square pixels",
        turned=True,
    ),
    "a crop in Matroska": Odd("-i clean.mp4 -map 1 -c copy", "x.mkv", **CLEAN),
    "an unknown codec before the sound": Odd(
        "-f lavfi -t 2 -i anoisesrc=a=0.05 -map 0:v -map 1:a -map 0:a -c:v copy -c:a aac",
        after=hidden(b"mp4a", b"esds"),
        says="audio track 2 of 2, as those before it cannot be decoded",
    ),
    "a sound of an unknown codec": Odd(
        "-c copy", after=hidden(b"mp4a", b"esds"), sound=False, says="audio cannot be decoded, silence added"
    ),
    "an unknown codec before the picture": Odd(
        "-f lavfi -t 2 -i testsrc=s=64x64:r=24 -map 1:v -map 0:v -map 0:a -c copy -c:v:0 libx264",
        after=hidden(b"avc1", b"avcC"),
        says="the first video track of 2 that can be decoded",
        turned=True,
    ),
    "a picture of an unknown codec": Odd(
        "-c copy", after=hidden(b"avc1", b"avcC"), refused="of a kind that cannot be decoded here"
    ),
}

TABLE = {**SOUND, **TIME, **PICTURE, **CODECS, **CLOCK, **SEEN}
