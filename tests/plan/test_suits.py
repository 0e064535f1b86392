"""Pictures against clips: what is fitted, what is refused, and where it is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from reelmake.diagnostics import Report, Source, Span
from reelmake.errors import LocalTool
from reelmake.model.delivery import FitWork
from reelmake.model.frame import PictureFacts, Size
from reelmake.model.order import ImageInput, Slate
from reelmake.plan.image_checks import MOST_BYTES, Fitting, suits
from tests.plan.test_graph import job

CLIP = Size(64, 36)
TEXT = Source("storyboard.yaml", "image last_image continue prompt")
SPANS = {key: Span(TEXT, TEXT.text.index(key), TEXT.text.index(key) + len(key)) for key in TEXT.text.split()}


def slate(name: str = "a", *, size: Size = CLIP, local: bool = False, **changes: Any) -> Slate:
    made = replace(job("a kite", shot=name, local=local), size=size, model="m1")
    for key in ("image", "last_image"):
        if key in changes:
            changes[key] = ImageInput(changes[key], span=SPANS[key])
    changes["references"] = tuple(ImageInput(path, of="maya") for path in changes.get("references", ()))
    return Slate(name, (made,), **{"exact": True, "spans": SPANS, **changes})


def given(*size: int, kind: str = "png", weight: int = 1000) -> Callable[[str], PictureFacts]:
    return lambda path: PictureFacts(kind, Size(*size), weight)


RIGHT = given(64, 36)


def told(
    *slates: Slate, look: Callable[[str], PictureFacts] = RIGHT, frame: Callable[[str], PictureFacts] = RIGHT
) -> tuple[dict[tuple[str, str], Fitting], list[tuple[str, str]]]:
    """(what is fitted, (code, the word at the place) of what was said)."""
    report = Report()
    found = suits({s.shot: s for s in slates}, look, frame, report)
    return found, [(d.code, TEXT.text[d.span.start : d.span.end]) for d in report.items if d.span]


def test_a_picture_of_exactly_the_clips_pixels_is_sent_as_it_is() -> None:
    assert told(slate(image="x.png", last_image="y.png", fit="crop")) == ({}, [])


def test_other_pixels_need_a_fit() -> None:
    assert told(slate(image="x.png"), look=given(128, 72)) == ({}, [("RM434", "image")])
    assert told(slate(last_image="x.png"), look=given(64, 37)) == ({}, [("RM434", "last_image")])
    assert told(slate(image="x.png", fit="pad"), look=given(9, 9)) == (
        {("a", "image"): Fitting(FitWork(CLIP, "pad"), "pad")},
        [],
    )


def test_the_message_names_both_sizes_and_the_way_out() -> None:
    report = Report()
    suits({"a": slate(image="x.png")}, given(50, 50), given(1, 1), report)

    assert (
        report.items[0].message
        == 'x.png has 50x50 pixels, the clip 64x36: "m1" takes only pictures of exactly that size'
    )
    assert "`fit: crop`" in report.items[0].hint
    assert "`fit: pad`" in report.items[0].hint


def test_a_provider_that_takes_any_size_gets_it() -> None:
    assert told(slate(image="x.png", exact=False, fit="crop"), look=given(9, 9)) == ({}, [])


def test_references_may_have_any_size() -> None:
    assert told(slate(references=("maya.png",)), look=given(9, 9)) == ({}, [])


def test_a_sketch_takes_what_there_is() -> None:
    assert told(slate(image="x.gif", local=True), look=given(9, 9, kind="gif")) == ({}, [])


def test_only_jpeg_png_and_webp_are_sent_whatever_they_are_called() -> None:
    for kind in ("gif", "bmp", "tiff", ""):
        assert told(slate(image="x.png", fit="crop"), look=given(64, 36, kind=kind)) == ({}, [("RM435", "image")])
    for kind in ("jpeg", "png", "webp"):
        assert told(slate(image="x.gif"), look=given(64, 36, kind=kind)) == ({}, [])
    assert told(slate(references=("maya.png",)), look=given(9, 9, kind="gif"))[1] == [("RM435", "prompt")]


def test_what_cannot_be_read_or_is_too_large_is_not_sent() -> None:
    def broken(path: str) -> PictureFacts:
        raise LocalTool("it is not a whole picture")

    assert told(slate(image="x.png"), look=broken)[1] == [("RM435", "image")]
    assert told(slate(image="x.png"), look=given(64, 36, weight=MOST_BYTES + 1))[1] == [("RM435", "image")]
    assert told(slate(image="x.png"), look=given(64, 36, weight=MOST_BYTES))[1] == []
    assert (
        told(slate(image="x.png", fit="crop"), look=given(640, 360, weight=MOST_BYTES + 1))[1] == []
    )  # it gets smaller


def chained(parent: Slate, **changes: Any) -> tuple[dict[tuple[str, str], Fitting], list[tuple[str, str]]]:
    return told(parent, slate("b", relation="continue", parent="a", **changes), frame=given(50, 50))


def test_the_frame_of_a_clip_of_the_same_size_is_made_to_have_it() -> None:
    assert chained(slate()) == ({("b", "image"): Fitting(FitWork(CLIP, "crop"))}, [])
    assert chained(slate(), fit="pad") == ({("b", "image"): Fitting(FitWork(CLIP, "crop"))}, [])


def test_the_frame_of_a_clip_of_the_same_shape_is_scaled_unasked() -> None:
    assert chained(slate(size=Size(1280, 720))) == ({("b", "image"): Fitting(FitWork(CLIP, "crop"))}, [])
    assert chained(slate(size=Size(1280, 720)), fit="pad") == (
        {("b", "image"): Fitting(FitWork(CLIP, "pad"), "pad")},
        [],
    )


def test_the_frame_of_a_clip_of_another_shape_needs_a_fit() -> None:
    assert chained(slate(size=Size(36, 64))) == ({}, [("RM434", "continue")])
    assert chained(slate(size=Size(36, 64)), fit="blur")[0] == {("b", "image"): Fitting(FitWork(CLIP, "blur"), "blur")}
    assert chained(Slate("a", file="street.mov")) == ({}, [("RM434", "continue")])
    assert chained(slate(size=Size(36, 64)), exact=False) == ({}, [])
