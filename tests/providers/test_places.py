"""Where a value stands in a reply: steps, searches, and what is never there."""

from __future__ import annotations

from typing import Any

import pytest

from reelmake.providers.json_jobs.json_path import holds, look, own_path, token

REPLY: dict[str, Any] = {
    "done": False,
    "steps": [
        {"type": "thought", "content": [{"type": "text", "text": "a kite"}]},
        {
            "type": "model",
            "content": [{"type": "text", "text": "here"}, {"type": "video", "uri": "https://v.example/1"}],
        },
        {"type": "model", "content": [{"type": "video", "uri": "https://v.example/2"}]},
    ],
    "outputs": {"9": {"images": []}, "12": {"video": [{"filename": "a.mp4", "size": 7}]}},
    "empty": "",
}


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("steps.*.content.type=video.uri", "https://v.example/1"),
        ("steps.2.content.type=video.uri", "https://v.example/2"),
        ("steps.type=model.content.0.text", "here"),
        ("steps.type=MODEL.content.0.text", "here"),
        ("steps.*.content.type=audio.uri", None),
        ("outputs.*.video.0.filename", "a.mp4"),
        ("outputs.*.*.0.size", 7),
        ("outputs.12.video.size=7.filename", "a.mp4"),
        ("done=false.outputs.12.video.0.filename", "a.mp4"),
        ("done=true.outputs.12.video.0.filename", None),
        ("done", False),
        ("steps.9", None),
        ("steps.-1", None),
        ("empty", None),
        ("*.9.*", []),
        ("", None),
    ],
)
def test_a_place(place: str, found: Any) -> None:
    assert look(REPLY, (place,)) == found


def test_of_several_places_the_first_that_holds_something() -> None:
    assert look(REPLY, ("empty", "steps.7", "outputs.12.video.0.filename", "done")) == "a.mp4"
    assert holds(REPLY, "empty")
    assert not holds(REPLY, "steps.9")


@pytest.mark.parametrize("reply", [None, 1, "text", True, [], [[1]], {"steps": {"0": 1}}])
def test_no_shape_of_a_reply_is_taken_for_granted(reply: Any) -> None:
    for place in ("steps.*.content.type=video.uri", "*", "*.*", "0.x", "a=b.c"):
        look(reply, (place,))
        holds(reply, place)


@pytest.mark.parametrize(
    ("value", "said"), [(True, "true"), (False, "false"), (3, "3"), ("DONE", "done"), (None, ""), ([], ""), ({}, "")]
)
def test_words_as_they_are_compared(value: Any, said: str) -> None:
    assert token(value) == said


@pytest.mark.parametrize(
    ("address", "base_url", "path"),
    [
        ("https://queue.fal.run/a/b/requests/1", "https://queue.fal.run", "a/b/requests/1"),
        ("https://elsewhere.example/a/1?x=y#z", "https://queue.fal.run", "a/1?x=y"),
        ("http://gate.example/v1/a/1", "http://gate.example/v1/", "a/1"),
        ("http://gate.example/v10/a", "http://gate.example/v1", "v10/a"),
        ("models/m/operations/1", "https://g.example/v1beta", "models/m/operations/1"),
        ("//10.0.0.1/a", "https://g.example", "a"),
        ("file:///etc/passwd", "https://g.example", "etc/passwd"),
        ("", "https://g.example", ""),
    ],
)
def test_an_address_in_a_reply_is_only_a_path_below_the_base_url(address: str, base_url: str, path: str) -> None:
    assert own_path(address, base_url) == path
