"""Single frames as pictures: the last of a clip, a small one, and a contact sheet of many.

Knows nothing of encoding and of what the frames are for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageColor, ImageFilter, ImageOps

from reelmake.assemble import camera
from reelmake.assemble.framing import Material, corner, placement
from reelmake.errors import LocalTool
from reelmake.media import aperture, clear, photo
from reelmake.media.material import material, matrix
from reelmake.media.probe import begins, opened
from reelmake.media.streams import shown
from reelmake.media.whole import check
from reelmake.model.delivery import ColorWork, FitWork, FrameAt, LastFrame, ThumbWork
from reelmake.model.frame import STILLS, Size
from reelmake.model.segment import Piece
from reelmake.model.take import Facts
from reelmake.ports import Tell

if TYPE_CHECKING:
    from av import VideoFrame, VideoStream
    from av.container import InputContainer


def last_frame(work: LastFrame, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """The last frame in the order they are shown, as it was decoded, as PNG."""
    clip = inputs["clip"]
    if clip.suffix.lower() in STILLS:
        return _save(_opened(clip), into)
    with opened(clip) as container:
        last = _last(container) if work.seconds is None else None
        frame = last or _at(container, begins(clip) + (work.seconds or 0) - Fraction(1, 500))
        return _save(_upright(frame, clip, shown(container)), into)


def frame_at(work: FrameAt, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """The frame that is seen at this moment of the clip, as it was decoded, as PNG; its last one if it ends before."""
    clip = inputs["clip"]
    if clip.suffix.lower() in STILLS:
        return _save(_opened(clip), into)
    with opened(clip) as container:
        return _save(_upright(_at(container, begins(clip) + work.seconds), clip, shown(container)), into)


def thumb(work: ThumbWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """A small still; a clip that ends before the frame gives its last one."""
    clip = inputs["clip"]
    if clip.suffix.lower() in STILLS:
        whole = _opened(clip)
    else:
        with opened(clip) as container:
            whole = _upright(_at(container, begins(clip) + work.frame / work.fps), clip, shown(container))
    place = placement(material(clip), work.size, work.fit)
    picture = whole.resize((place.scale.width, place.scale.height), Image.Resampling.LANCZOS)
    canvas = Image.new("RGB", (work.size.width, work.size.height))
    middle = ((canvas.width - picture.width) // 2, (canvas.height - picture.height) // 2)
    seen = () if place.over else corner(place.scale, work.size, work.focus)
    canvas.paste(picture, (-seen[0], -seen[1]) if seen else middle)
    return photo.save(canvas, into, "JPEG", quality=92) if work.format == "jpg" else _save(canvas, into)


def glimpse(clip: Path, seconds: Fraction) -> Image.Image:
    """What is seen at this moment of a clip, as it was decoded."""
    with opened(clip) as container:
        return _upright(_at(container, begins(clip) + seconds), clip, shown(container))


def upright(file: Path, piece: Piece, size: Size, into: Path) -> Size:
    """A photo as it is to be seen, opaque, as PNG; without pixels that no frame of this size could show. Its size."""
    whole = _opened(file)
    given = Size(*whole.size)
    if piece.move:
        wanted = camera.room(given, piece.move, size)
    else:
        scale = min(1.0, max(size.width / given.width, size.height / given.height))
        wanted = Size(max(2, round(given.width * scale)), max(2, round(given.height * scale)))
    if wanted != given:
        whole = whole.resize((wanted.width, wanted.height), Image.Resampling.LANCZOS)
    whole.save(into)
    return wanted


def color(work: ColorWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """A small picture of nothing but the colour, as PNG."""
    return _save(Image.new("RGB", (16, 16), ImageColor.getrgb(work.color)), into)


def fitted(work: FitWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """A picture at exactly the size of the work, as PNG; what is transparent becomes black."""
    return _save(_fitted(_opened(inputs["picture"]), work), into)


def whole(file: Path) -> None:
    """Raises LocalTool unless it is a picture, whole and one that stands still."""
    with photo.opened(file) as given:
        given.load()
        # a photo may have more behind it
        count = getattr(given, "n_frames", 1) if given.format in ("PNG", "WEBP") else 1
    check(file)
    if count > 1:
        raise LocalTool(f"{file.name} moves: it holds {count} pictures; save it as GIF or as a video")


def _opened(file: Path) -> Image.Image:
    """Upright, in sRGB; what is transparent becomes black. Raises LocalTool if it is not a whole picture."""
    with photo.opened(file) as given:
        return photo.on_black(photo.seen(given))


def _fitted(picture: Image.Image, work: FitWork) -> Image.Image:
    place = placement(Material(Size(*picture.size)), work.size, work.fit)
    canvas = Image.new("RGB", (work.size.width, work.size.height))
    if place.over == "blur":
        behind = _fitted(picture, FitWork(work.size, "crop"))
        canvas.paste(behind.filter(ImageFilter.GaussianBlur(min(canvas.size) / 24)))
    sized = picture.resize((place.scale.width, place.scale.height), Image.Resampling.LANCZOS)
    canvas.paste(sized, ((canvas.width - sized.width) // 2, (canvas.height - sized.height) // 2))
    return canvas


def _last(container: InputContainer) -> VideoFrame | None:
    """Decodes the end only, where the file can be searched; all of it otherwise."""
    stream = shown(container)
    base = Fraction(stream.time_base or 1)
    found: deque[VideoFrame] = deque(maxlen=1)
    if stream.duration and stream.duration * base > 10:
        end = (stream.start_time or 0) + stream.duration
        container.seek(int(end - 3 / base), stream=stream, backward=True)
        found.extend(clear.decoded(container, stream))
        if not found:
            container.seek(0, stream=stream)
    found.extend(() if found else clear.decoded(container, stream))
    return found[0] if found else None


def _at(container: InputContainer, time: Fraction) -> VideoFrame:
    """The frame that is seen at a time of the file. Raises LocalTool if there is none at all."""
    stream = shown(container)
    base = Fraction(stream.time_base or 1)
    zero = Fraction(stream.start_time or 0) * base
    if time - zero > 3:
        container.seek(int(time / base), stream=stream, backward=True)
    found: VideoFrame | None = None
    for frame in clear.decoded(container, stream):
        late = frame.pts is not None and frame.pts * frame.time_base > time + Fraction(1, 1000)
        if found is not None and late:
            break
        found = frame
    if found is None:
        raise LocalTool(f"{Path(container.name).name} has no frame")
    return found


def _upright(frame: VideoFrame, clip: Path, stream: VideoStream) -> Image.Image:
    """As it is to be seen."""
    picture = clear.opaque(frame)
    if part := aperture.of(clip, stream):
        picture = picture.crop((part.x, part.y, part.x + part.width, part.y + part.height))
    (a, b), (c, d) = matrix(frame, stream.codec_context.name)
    if abs(b) > abs(a):
        picture, (a, d) = picture.transpose(Image.Transpose.TRANSPOSE), (c, b)
    picture = ImageOps.mirror(picture) if a < 0 else picture
    return ImageOps.flip(picture) if d < 0 else picture


def _save(picture: Image.Image, into: Path) -> Facts:
    return photo.save(picture, into, "PNG")
