"""The film as a user of MoviePy 2 writes it: `cut|fade INTO CRF BITRATE CLIP…`. Run by MoviePy's Python."""

import os
import sys

from moviepy import VideoFileClip, concatenate_videoclips
from moviepy.audio.fx import AudioFadeIn, AudioFadeOut
from moviepy.video.fx import CrossFadeIn

FADE = 0.5

how, into, crf, bitrate, *files = sys.argv[1:]
clips = [VideoFileClip(file) for file in files]
if how == "fade":
    last = len(clips) - 1
    for n, clip in enumerate(clips):
        effects = [CrossFadeIn(FADE), AudioFadeIn(FADE)] if n else []
        effects += [AudioFadeOut(FADE)] if n < last else []
        clips[n] = clip.with_effects(effects)
    film = concatenate_videoclips(clips, method="compose", padding=-FADE)
else:
    film = concatenate_videoclips(clips)
film.write_videofile(
    into,
    fps=24,
    codec="libx264",
    preset="medium",
    audio_codec="aac",
    audio_bitrate=bitrate,
    audio_fps=48000,
    threads=os.cpu_count(),
    ffmpeg_params=["-crf", crf, "-pix_fmt", "yuv420p"],
    logger=None,
)
