"""Which pictures go along: everyone's first before anyone's second, as many as there is room for, never in a ring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reelmake.compile.reference_images import NONE, made_from, reference_images
from reelmake.compile.settle import settle
from reelmake.model.order import ImageInput
from reelmake.model.provider import Model
from reelmake.model.storyboard import SKETCH, CastMember, Prompt, ProviderSpec, Shot, Storyboard, Tier
from tests.compile.casebook import KINDS

NAMES = "abcde"


def board(shots: Mapping[str, Shot], stills: Mapping[str, Shot], cast: Mapping[str, CastMember]) -> Storyboard:
    return Storyboard(
        "", shots, {SKETCH: ProviderSpec(SKETCH, SKETCH)}, {SKETCH: Tier(SKETCH, SKETCH)}, cast=cast, stills=stills
    )


def member(name: str, *images: ImageInput) -> CastMember:
    return CastMember(name, name, tuple(replace(image, of=name) for image in images))


def shot(id: str, *cast: str, references: tuple[ImageInput, ...] = (), **more: object) -> Shot:
    return Shot(id, prompt=Prompt("x", cast=cast), references=references, **more)  # type: ignore[arg-type]


def along(it: Storyboard, id: str, most: int | None = None) -> tuple[list[str], list[str]]:
    settled = settle(it, KINDS, {})
    model = Model("m", SKETCH, references=most)
    found = reference_images(it, {id: replace(s, model=model) for id, s in settled.items()}).get(id, NONE)
    return [image.name for image in found.along], [image.name for image in found.left_out]


CAST = {
    "maya": member("maya", ImageInput("maya-1.png"), ImageInput("maya-2.png"), ImageInput("maya-3.png")),
    "tom": member("tom", ImageInput("tom-1.png"), ImageInput("tom-2.png")),
    "roof": member("roof", ImageInput("./roof.png")),
}


def test_everyones_first_picture_before_anyones_second() -> None:
    it = board({"s": shot("s", "tom", "maya", "roof")}, {}, CAST)
    assert along(it, "s") == (["tom-1.png", "maya-1.png", "./roof.png", "tom-2.png", "maya-2.png", "maya-3.png"], [])
    assert along(it, "s", 3) == (["tom-1.png", "maya-1.png", "./roof.png"], ["tom-2.png", "maya-2.png", "maya-3.png"])
    assert along(it, "s", 0)[0] == []


def test_what_the_author_names_goes_first_and_only_once() -> None:
    it = board(
        {"s": shot("s", "maya", references=(ImageInput("sky.jpg"), ImageInput("roof.png", of="roof")))}, {}, CAST
    )
    assert along(it, "s", 2) == (["sky.jpg", "roof.png"], ["maya-1.png", "maya-2.png", "maya-3.png"])
    same = board({"s": shot("s", "roof", references=(ImageInput("roof.png"),))}, {}, CAST)
    assert along(same, "s") == (["roof.png"], [])


def test_a_remix_has_its_source_to_look_at() -> None:
    it = board({"a": shot("a"), "s": shot("s", "maya", relation="remix", parent="a")}, {}, CAST)
    assert along(it, "s") == ([], [])


def test_a_sheet_is_made_without_itself() -> None:
    sheet = shot("sheet", "maya", medium="still")
    it = board({"s": shot("s", "maya")}, {"sheet": sheet}, {"maya": member("maya", ImageInput(still="sheet"))})
    assert along(it, "sheet") == ([], [])
    assert along(it, "s") == (["sheet"], [])


@given(
    prompts=st.lists(st.lists(st.sampled_from(NAMES), max_size=3), min_size=5, max_size=5),
    pictures=st.lists(st.sampled_from(NAMES), min_size=5, max_size=5),
    edits=st.lists(st.integers(0, 4), min_size=5, max_size=5),
)
def test_there_is_never_a_ring(prompts: list[list[str]], pictures: list[str], edits: list[int]) -> None:
    """Five stills, each a picture of one of the cast, whose prompts name any of them; some edit an earlier one."""
    stills = {}
    for n, (id, names) in enumerate(zip(NAMES, prompts, strict=True)):
        parent = NAMES[edits[n]] if edits[n] < n else ""
        relation = "edit" if parent else None
        stills[id] = shot(id, *names, medium="still", relation=relation, parent=parent)
    cast = {name: member(name, ImageInput(still=still)) for name, still in zip(NAMES, pictures, strict=True)}
    it = board({}, stills, cast)
    found = reference_images(it, settle(it, KINDS, {}))
    needs = {id: {*made_from(still), *(i.still for i in found.get(id, NONE).along)} for id, still in stills.items()}
    for _ in NAMES:  # whatever needs nothing more is taken away: in a ring something would be left
        done = {id for id, others in needs.items() if not others}
        needs = {id: others - done for id, others in needs.items() if id not in done}
    assert not needs
