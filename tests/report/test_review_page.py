"""The page of a review, of values that no storyboard could be counted on to keep out."""

from __future__ import annotations

import re
from fractions import Fraction
from html.parser import HTMLParser

from reelmake.diagnostics import Diagnostic, Source, Span
from reelmake.plan.key import Change
from reelmake.report.review import Length, Picture, Review, ShotReview, Side, StripCell
from reelmake.report.review_page import page

BAD = "\x00\x1b[2J\u202e\ud800</style><script>x</script>\" ' onclick=x style=y <!-- {{ 7*7 }} {% raw %} &lt; https://e.vil"


class Seen(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses |= {value or "" for name, value in attrs if name in ("src", "href", "action", "srcset", "data")}
        if tag not in ("img", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def whole(words: str) -> Review:
    """With these words wherever there are any."""
    picture = Picture(b"RIFF", 4, 3, Fraction(1))
    side = Side(words, words, words, False, 2, Fraction(3), Fraction(2), (Fraction(1),), None, words, words, (picture,))
    heard = Side(words, words, words, True, sound=b"\0")
    changes = (Change(words, words, None), Change("seconds", words, "1/2"), Change("prompt", None, words))
    shots = (
        ShotReview(words, "clip", "changed", words, changes, {words: words}, side, Side("", "", "")),
        ShotReview(words + "2", "speech", "added", words, changes, {}, None, heard),
        ShotReview(words + "3", "music", "removed", words, (), {}, heard, None),
        ShotReview(words + "4", "still", "unchanged", old=side, new=side),
    )
    source = Source(words, f"{words}\n{words}")
    cells = (StripCell(words, Fraction(1), picture, True), StripCell(words, Fraction(1), None, False))
    return Review(
        words,
        words,
        words,
        shots=shots,
        strips=(cells, cells),
        lengths=(Length(words, None, Fraction(1)),),
        film=((words, changes),),
        diagnostics=(Diagnostic("RM203", words, Span(source, 3, 9), hint=words, severity="warning"),),
        trouble=(words,),
    )


def test_no_word_is_more_than_a_word() -> None:
    text = page(whole(BAD))
    seen, plain = Seen(text), Seen(page(whole("a word")))
    assert seen.tags == plain.tags
    assert "script" not in seen.tags
    assert seen.attributes == plain.attributes
    assert all(re.match(r"data:(image/webp|audio/mp4);base64,|#shot-\d+$", address) for address in seen.addresses)
    assert not seen.open
    text.encode()
    assert not re.search("[\x00\x1b\u202e]", text)
    assert "{{ 7*7 }}" in text


def test_a_page_of_nothing_is_a_page() -> None:
    assert "nothing changed" in page(Review("Film", "storyboard.yaml", "main"))
    assert not Seen(page(Review("Film", "storyboard.yaml"))).open
