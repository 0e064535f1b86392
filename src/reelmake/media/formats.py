"""Which kinds of films, sounds and pictures are read, whoever reads them: PyAV, the ffmpeg program or Pillow.

Decided by what a file holds, never by its name. What is not here is not opened: lists of other files (playlists,
ffconcat, SDP, DASH), scripts, captured devices, rows of numbered pictures. Knows nothing of how a file is opened.
"""

from __future__ import annotations

from fractions import Fraction

PROTOCOL = "file"  # the only one: what a file names is not fetched
_FILMS = "mov,matroska,avi,mpegts,mpeg,mpegvideo,flv,ogg,asf,mxf,nut,ivf,dv,gif,apng,yuv4mpegpipe"
_SOUNDS = "wav,w64,aiff,au,caf,amr,flac,mp3,aac,ac3,eac3,dts,loas,tta,wv,ape"
_BARE = "h264,hevc,mjpeg,m4v,obu,av1,vc1"  # without a clock; opened to say so
_STILLS = "png_pipe,jpeg_pipe,jpegls_pipe,webp_pipe,bmp_pipe,tiff_pipe,exr_pipe,jpegxl_pipe,j2k_pipe,psd_pipe,dpx_pipe"
MEANT = ",".join((_FILMS, _SOUNDS, _BARE, _STILLS))  # as FFmpeg calls them

PHOTOS = ("PNG", "JPEG", "WEBP")  # as Pillow calls those that are shown and sent
DRAWN = (*PHOTOS, "GIF")  # and those that may move
PIXELS = 1 << 26  # of a film's frame, 8192x8192; as much as a cell can decode
PHOTO = 120_000_000  # of a photo, which is decoded once and by itself
SIDE = 32_768  # of either, across or down
LONGEST = 24 * 3600  # seconds of a film or a sound


def fits(width: int, height: int, most: int = PIXELS) -> bool:
    """May a picture of this size be decoded?"""
    return width <= SIDE and height <= SIDE and width * height <= most


def hours(seconds: Fraction | int) -> str:
    """As a person says it."""
    return f"{float(seconds) / 3600:.0f} hours"
