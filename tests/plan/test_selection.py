"""Selections: which shots and outputs a word stands for; and what makes a shot another one than before."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from reelmake.errors import Mistake
from reelmake.plan.layout import Layout
from reelmake.plan.selection import Changed, select, select_shots, shown, targets
from reelmake.session.comparing import NamedVersion
from reelmake.session.project import Snapshot, look, read
from reelmake.session.selecting import differing
from reelmake.session.workspace import Workspace

BOARD = """\
reelmake: 1
matrix: {city: [Lisbon, Oslo]}
defaults: {size: 128x72, seconds: 1}
stills: {key-art: {prompt: "A kite over ${city}."}, last: {frame: {shot: tram, at: end}}}
shots:
  park: {prompt: "A park in ${city}.", image: {still: key-art}, tags: [hero, c++]}
  park-dusk: {remix: park, prompt: At dusk., say: Good night.}
  home: {continue: park-dusk, prompt: She walks home.}
  tram: {prompt: A tram., tags: [hero]}
  sea: {color: teal}
cut: [park-dusk, tram, {shot: sea}]
outputs: {"${city}.mp4": {}, "sheets/${city}.jpg": {}}
"""


def seen(folder: Path, text: str = BOARD) -> Snapshot:
    folder.mkdir(exist_ok=True)
    (folder / "storyboard.yaml").write_text(text)
    return look(read(Workspace(folder / "storyboard.yaml")))


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    return seen(tmp_path_factory.mktemp("cities")).layout


def changed(*shots: str) -> Changed:
    asked: list[str] = []

    def answer(rev: str) -> Collection[str]:
        asked.append(rev)
        assert asked == ["v1"]  # asked by its name, and once
        return shots

    return answer


@pytest.mark.parametrize(
    ("words", "stands_for"),
    [
        ("park", "lisbon/park oslo/park"),
        ("oslo/park", "oslo/park"),
        ("hero", "lisbon/park lisbon/tram oslo/park oslo/tram"),
        ("c++", "lisbon/park oslo/park"),  # a tag goes before what its signs could mean
        ("tram oslo/sea tram", "lisbon/tram oslo/tram oslo/sea"),
        ("Lisbon.mp4", "build/Lisbon.mp4"),
        ("build/Oslo.mp4", "build/Oslo.mp4"),
        ("oslo/p*", "oslo/park oslo/park-dusk oslo/park-dusk.say"),
        ("park*", "lisbon/park lisbon/park-dusk lisbon/park-dusk.say oslo/park oslo/park-dusk oslo/park-dusk.say"),
        ("*/t[ar]am", "lisbon/tram oslo/tram"),
        ("key-a?t", "lisbon/key-art oslo/key-art"),
        ("*.say", "lisbon/park-dusk.say oslo/park-dusk.say"),
        ("*.mp4", "build/Lisbon.mp4 build/Oslo.mp4"),
        ("build/*/Oslo.*", "build/sheets/Oslo.jpg"),
        ("+oslo/home", "oslo/key-art oslo/park oslo/park-dusk oslo/home"),
        ("oslo/key-art+", "oslo/key-art oslo/park oslo/park-dusk oslo/home"),
        ("+lisbon/park+", "lisbon/key-art lisbon/park lisbon/park-dusk lisbon/home"),
        ("lisbon/tram+", "lisbon/last lisbon/tram"),
        ("+lisbon/se?", "lisbon/sea"),
    ],
)
def test_a_word_stands_for(layout: Layout, words: str, stands_for: str) -> None:
    assert set(select(layout, words.split(), changed())) == set(stands_for.split())


def test_what_was_selected_stands_in_the_authors_order(layout: Layout) -> None:
    found = select(layout, ["sheets/*.jpg", "oslo/tram", "lisbon/*", "oslo/park"], changed())
    *shots, first, last = found
    assert shots == [shot for shot in layout.slates if shot in found]
    assert (len(shots), first, last) == (10, "build/sheets/Lisbon.jpg", "build/sheets/Oslo.jpg")


def test_what_an_output_is_made_of_is_of_its_own_variant(layout: Layout) -> None:
    of_oslo = {"oslo/park", "oslo/park-dusk", "oslo/park-dusk.say", "oslo/key-art", "oslo/tram", "oslo/sea"}

    assert set(select_shots(layout, ["Oslo.mp4"], changed())) == of_oslo
    assert set(select(layout, ["+Oslo.mp4"], changed())) == {*of_oslo, "build/Oslo.mp4"}
    assert shown(layout, ["build/Oslo.mp4", "lisbon/sea"]) == {*of_oslo, "lisbon/sea"}


def test_what_has_changed_is_asked_for_with_its_neighbours(layout: Layout) -> None:
    assert select(layout, ["@changed:v1"], changed("oslo/park-dusk")) == ("oslo/park-dusk",)
    assert select(layout, ["@changed:v1+", "tram"], changed("oslo/park-dusk")) == (
        *("lisbon/tram", "oslo/park-dusk", "oslo/home", "oslo/tram"),
    )
    assert select(layout, ["+@changed:v1"], changed("oslo/park")) == ("oslo/key-art", "oslo/park")


def test_nothing_changed_selects_nothing(layout: Layout) -> None:
    assert select(layout, ["+@changed:v1+"], changed()) == ()
    assert targets(layout, ()) == ()


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("parc", 'no shot, tag or output is called "parc"\ndid you mean "park"?'),
        ("+parc+", 'no shot, tag or output is called "+parc+"\ndid you mean "park"?'),
        ("oslo/parc", 'no shot, tag or output is called "oslo/parc"\ndid you mean "oslo/park"?'),
        ("Osla.mp4", 'no shot, tag or output is called "Osla.mp4"\ndid you mean "Oslo.mp4"?'),
        ("zoo*", 'no shot or output matches "zoo*"\n'),
        ("*/*/park", 'no shot or output matches "*/*/park"\n'),
        ("+", 'no shot, tag or output is called "+"\n'),
        ("@changed", '"@changed" selects nothing\nwrite @changed:REV, as in @changed:main'),
        ("@changed:+", '"@changed:+" selects nothing\nwrite @changed:REV, as in @changed:main'),
        ("@hero", '"@hero" selects nothing\nwrite @changed:REV, as in @changed:main'),
    ],
)
def test_a_word_that_stands_for_nothing_is_told(layout: Layout, word: str, says: str) -> None:
    with pytest.raises(Mistake) as refused:
        select(layout, ["tram", word, "nobody"], changed())
    told = [f"{d.message}\n{d.hint}" for d in refused.value.diagnostics]
    assert told[0] == says
    assert len(told) == 2  # all of them at once


def test_every_take_is_made_of_a_shot_that_was_selected(layout: Layout) -> None:
    assert targets(layout, ["oslo/tram"]) == ("shot:lisbon/tram#1",)  # shared with Lisbon
    assert targets(layout, ["oslo/sea"]) == ()
    made = {layout.graph.steps[id].name for id in targets(layout, ["oslo/park", "build/Oslo.mp4"])}
    assert made == {"oslo/park", "oslo/Oslo.mp4"}


FILM = """\
reelmake: 1
defaults: {size: 128x72, seconds: 1}
vars: {light: dusk}
shots:
  a: {prompt: A kite., tags: [hero]}
  b: {remix: a, prompt: "At ${light}."}
  c: {continue: b, prompt: She walks home.}
  d: {file: clip.gif}
  e: {prompt: A tram., takes: 2}
cut: [a, {shot: b, into: {dissolve: 0.2}}, c, d, {shot: e, title: The end, insets: [{shot: a, size: 30}]}]
outputs: {cut.mp4: {}}
"""


@pytest.mark.parametrize(
    ("old", "new", "differs"),
    [
        ("A kite.", "A red kite.", "a"),
        ("light: dusk", "light: dawn", "b"),
        ("remix: a", "remix: e", "b"),
        ("A kite., tags: [hero]", "A kite., tags: [sky], notes: Mind the string.", ""),
        ("reelmake: 1\n", "# A comment\nreelmake: 1\ntitle: Kites\nbudget: 3\n", ""),
        ("takes: 2", "takes: 3", ""),
        ("takes: 2", "takes: 2, pick: 2", "e"),
        ("title: The end", "title: Fin", "e"),
        ("size: 30", "size: 40", "e"),
        ("insets: [{shot: a", "insets: [{shot: b", "e"),
        ("dissolve: 0.2", "wipe: 0.2", "b"),
        ("cut: [a, {", "cut: [{shot: a, trim: [0, 0.5]}, {", "a"),
        ("cut: [a, ", "cut: [", "a"),  # and nothing that only begins earlier
        ("  b: ", "  z: {prompt: A zoo.}\n  b: ", "z"),
        ("cut.mp4: {}", "other.mp4: {}", ""),
        ("size: 128x72", "size: 192x108", "a b c e"),
    ],
)
def test_a_shot_differs_by_what_is_ordered_and_how_it_looks(tmp_path: Path, old: str, new: str, differs: str) -> None:
    picture(tmp_path / "then" / "clip.gif")
    picture(tmp_path / "now" / "clip.gif")
    assert old in FILM
    then, now = seen(tmp_path / "then", FILM), seen(tmp_path / "now", FILM.replace(old, new))

    found = differing(NamedVersion("then", seen=then), NamedVersion("now", seen=now))
    assert sorted(found) == differs.split()


def test_a_shot_that_has_another_name_is_the_same(tmp_path: Path) -> None:
    picture(tmp_path / "then" / "clip.gif")
    picture(tmp_path / "now" / "clip.gif")
    film = FILM.replace(", insets: [{shot: a, size: 30}]", "")
    renamed = film.replace("  a: ", "  kite: ").replace("remix: a", "remix: kite").replace("[a,", "[kite,")
    then, now = seen(tmp_path / "then", film), seen(tmp_path / "now", renamed)

    assert differing(NamedVersion("then", seen=then), NamedVersion("now", seen=now)) == set()


def test_other_bytes_under_the_same_name_are_another_shot(tmp_path: Path) -> None:
    picture(tmp_path / "then" / "clip.gif")
    picture(tmp_path / "now" / "clip.gif", color=(200, 0, 0))
    then, now = seen(tmp_path / "then", FILM), seen(tmp_path / "now", FILM)

    assert differing(NamedVersion("then", seen=then), NamedVersion("now", seen=now)) == {"d"}


def picture(path: Path, color: tuple[int, int, int] = (0, 0, 200)) -> None:
    from PIL import Image

    path.parent.mkdir(exist_ok=True)
    frames = [Image.new("RGB", (64, 36), (*color[:2], n)) for n in range(24)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=40)
