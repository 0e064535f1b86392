"""Which input of an order its provider complains of, by the name that it has there: words, a picture, a line.

What providers call their fields is told from a few words. Knows nothing of requests: what is not plain is not guessed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reelmake.model.medium import SPEECH
from reelmake.model.order import ImageInput

if TYPE_CHECKING:
    from reelmake.diagnostics import Span
    from reelmake.model.order import Slate
    from reelmake.model.step import Step

_WORDS = re.compile(r"prompt|text|caption|lyrics|(^|\.)(input|content)s?$")
_PICTURE = re.compile(r"image|picture|photo|frame|reference|img")
_LAST = re.compile(r"last|end|tail|final")


def flagged(step: Step, slate: Slate, field: str) -> tuple[str, Span | None]:
    """What it is called, and where the storyboard says it; "" = it is not plain which one is meant."""
    order, name = step.order, field.lower()
    if order is None or not name:
        return "", None
    if _PICTURE.search(name):
        label = _picture(name, [i.label for i in step.inputs if i.label != "source"])
        image = _image(slate, label)
        if not label or image is None:
            return "", None
        what = f"the still {image.name}" if image.still else image.file
        return f"{_CALLED.get(label, label)}, {what}", image.span or slate.span
    if _WORDS.search(name):
        return ("what is said" if order.medium == SPEECH.name else "its prompt"), order.span
    return "", None


_CALLED = {"image": "its first picture", "last_image": "its last picture"}


def _picture(name: str, labels: list[str]) -> str:
    """The label of the picture that a field's name stands for."""
    if _LAST.search(name):
        return "last_image" if "last_image" in labels else ""
    if len(labels) == 1:
        return labels[0]
    several = [label for label in labels if label.startswith("reference")] if "reference" in name else labels
    number = re.search(r"\d+", name)
    if number is not None:
        return several[int(number[0])] if int(number[0]) < len(several) else ""
    return several[0] if len(several) == 1 else ""


def _image(slate: Slate, label: str) -> ImageInput | None:
    if label == "image" and slate.relation == "edit":
        return ImageInput(still=slate.parent, span=slate.spans.get("edit"))
    if label.startswith("reference"):
        return slate.references[int(label.split()[1]) - 1]
    return {"image": slate.image, "last_image": slate.last_image}.get(label)
