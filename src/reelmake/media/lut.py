"""A look as a file: is it a LUT that can be read? Knows nothing of clips."""

from __future__ import annotations

from pathlib import Path

import av
import av.filter

from reelmake.errors import LocalTool


def readable(file: Path) -> None:
    """Raises LocalTool unless it is a whole LUT of three dimensions (.cube)."""
    try:
        av.filter.Graph().add("lut3d", file=str(file))
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise LocalTool("it is not a whole LUT of three dimensions") from error
