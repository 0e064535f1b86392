"""The words of a prompt become the right picture: distance, angle, move, light, place, cast, strip."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelmake.model.frame import Size
from reelmake.model.order import ClipOrder
from reelmake_sketch.caption import caption
from reelmake_sketch.palette import luma
from reelmake_sketch.prompt_reading import scene
from reelmake_sketch.provider import CAPABILITIES
from reelmake_sketch.scenery import DISTANCES, Palette, Scene

KEY = "5e" * 32
PARK = (
    "Medium tracking shot, Maya, nine, red raincoat, short black hair, flies a blue kite, rooftop park, golden hour, "
    "slow pan up. Cinematic, inspiring, volumetric light."
)


def order(prompt: str, **changes: Any) -> ClipOrder:
    job = ClipOrder(
        dialect="sketch/1",
        model="",
        operation="generate",
        prompt=prompt,
        avoid="",
        size=Size(320, 180),
        seconds=Fraction(1),
        seed=None,
        variation=1,
        take=1,
        extras={},
        shot="park",
        provider="sketch",
        tier="draft",
    )
    return replace(job, **changes)


def seen(prompt: str, key: str = KEY) -> Scene:
    return scene(key, order(prompt))


def test_capabilities_are_those_of_an_embedded_provider() -> None:
    assert CAPABILITIES.kind == "sketch"
    assert CAPABILITIES.local
    assert CAPABILITIES.price == 0
    assert CAPABILITIES.operations >= {"generate", "remix", "extend", "edit"}


@pytest.mark.parametrize(
    ("prompt", "distance"),
    [
        ("Extreme close-up of an eye", "extreme close"),
        ("Close-up of Maya", "close"),
        ("Medium close-up of Maya", "close"),
        ("Medium shot of a man", "medium"),
        ("Full shot of a woman", "full"),
        ("Wide shot of the city", "wide"),
        ("Extreme wide shot of dunes", "extreme wide"),
        ("Establishing shot, Lisbon", "extreme wide"),
        ("A woman walks", "full"),
        ("Hills", "wide"),
    ],
)
def test_framing_words_set_the_distance(prompt: str, distance: str) -> None:
    assert seen(prompt).view.distance == distance


def test_a_low_angle_lowers_the_horizon_and_a_high_one_raises_it() -> None:
    low, eye, high = (seen(f"{a}shot of a man").view.horizon for a in ("Low-angle ", "", "High-angle "))
    assert low > eye + 0.15
    assert high < eye - 0.15
    assert seen("Overhead shot of a street").view.angle == "overhead"


def test_dutch_and_over_the_shoulder() -> None:
    assert abs(seen("Dutch angle of a corridor").view.roll) >= 3
    assert seen("Over-the-shoulder shot of a man reading").view.shoulder
    assert seen("Wide shot of a man").view.roll == 0


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("pan left", "pan left"),
        ("slow pan to the right", "pan right"),
        ("slow pan up", "up"),
        ("tilt down", "down"),
        ("crane up", "up"),
        ("push in", "push in"),
        ("slow dolly in", "push in"),
        ("pull back", "pull out"),
        ("tracking shot", "tracking"),
        ("handheld", "handheld"),
        ("static camera", "static"),
        ("", "drift"),
    ],
)
def test_camera_words_move_it(words: str, name: str) -> None:
    assert seen(f"A street, {words}").move.name == name


def test_moves_go_the_way_they_say() -> None:
    assert seen("pan left").move.x < 0 < seen("pan right").move.x
    assert seen("tilt up").move.y < 0 < seen("tilt down").move.y
    assert seen("push in").move.zoom == tuple(reversed(seen("pull out").move.zoom))
    still = seen("static shot").move
    assert (still.x, still.y, still.shake, still.zoom) == (0, 0, 0, (1, 1))


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("Wide shot of Lisbon at dawn, vertical farms on every tower.", "city"),
        ("She walks home along the tram line.", "street"),
        ("A dog in the park", "park"),
        ("rooftop park", "rooftop"),
        ("A cup on a table in a cafe", "interior"),
        ("Sailing on the sea", "sea"),
        ("snowy mountains", "mountains"),
        ("a pine forest", "forest"),
        ("dunes of the desert", "desert"),
        ("a wheat field", "field"),
        ("An astronaut in outer space", "space"),
        ("", "open"),
    ],
)
def test_setting_words_choose_the_place(prompt: str, place: str) -> None:
    assert seen(prompt).place == place


def test_the_hour_and_the_weather() -> None:
    assert seen("golden hour").light.time == "golden"
    assert seen("a street at night, neon, rain").light.kind == "moon"
    assert "rain" in seen("rain on the roofs").weather
    assert "rain" not in seen("a red raincoat").weather
    assert "snow" in seen("A blizzard").weather


def brightness(palette: Palette) -> float:
    return luma(palette.middle) + luma(palette.low)


def test_night_is_darker_than_dusk_and_dusk_than_day() -> None:
    night, dusk, day = (brightness(seen(f"A field at {t}").palette) for t in ("night", "dusk", "midday"))
    assert night < dusk < day


def test_a_named_palette_is_obeyed() -> None:
    teal, rust = seen("A field, palette of teal").palette.middle, seen("A field, palette of rust").palette.middle
    assert teal[2] > teal[0]
    assert rust[0] > rust[2]


def test_what_is_worn_is_a_colour_of_the_cast_and_not_of_the_light() -> None:
    (maya,) = seen(PARK).cast
    assert (maya.kind, maya.action, maya.prop) == ("child", "kite", "kite")
    assert maya.coat[0] > maya.coat[2]  # red
    assert maya.prop_colour[2] > maya.prop_colour[0]  # blue
    assert not maya.long_hair
    assert seen(PARK).palette == seen(PARK.replace("red raincoat", "green raincoat")).palette


def test_words_to_avoid_are_not_drawn() -> None:
    assert seen("A man with a dog").cast[1].kind == "dog"
    avoided = scene(KEY, order("A man with a dog", avoid="dog, text"))
    assert [f.kind for f in avoided.cast] == ["person"]


def test_the_strip_sorts_the_parts_of_a_prompt() -> None:
    strip = caption(PARK)
    assert strip.framing == "Medium tracking shot"
    assert strip.subject == "Maya, nine, red raincoat, short black hair"
    assert strip.action == "Flies a blue kite"
    assert strip.setting == "Rooftop park"
    assert strip.camera == "Slow pan up"
    assert strip.light.startswith("Golden hour")


def test_the_strip_of_plain_sentences() -> None:
    strip = caption("Wide shot of Lisbon at dawn, vertical farms on every tower.")
    assert (strip.framing, strip.subject) == ("Wide shot", "Lisbon at dawn, vertical farms on every tower")
    assert caption("She walks home along the tram line.").action == "She walks home along the tram line"


def test_equal_orders_give_equal_scenes_and_names_do_not_matter() -> None:
    assert seen(PARK) == seen(PARK)
    renamed = scene(KEY, order(PARK, shot="other", tier="final", provider="mine"))
    assert renamed == seen(PARK)


def test_another_key_is_another_picture_of_the_same_words() -> None:
    one, two = seen(PARK), seen(PARK, "a7" * 32)
    assert one.seed != two.seed
    assert one.palette != two.palette
    assert (one.place, one.view.distance, one.caption) == (two.place, two.view.distance, two.caption)


@given(st.text(max_size=400), st.text(max_size=40), st.text(max_size=64))
def test_any_text_gives_a_scene(prompt: str, avoid: str, key: str) -> None:
    made = scene(key, order(prompt, avoid=avoid))
    assert made.view.distance in DISTANCES
    assert 0 <= made.view.horizon < 1
    for name in Palette.__slots__:
        assert all(0 <= c <= 255 for c in getattr(made.palette, name))


_WORDS = st.sampled_from(
    [
        "wide",
        "close-up",
        "shot of a",
        "red",
        "the dog",
        "tram",
        "child",
        "walks",
        "rain at night",
        "palette of teal, sand.",
        "dutch",
        "pan left",
        "up",
        "man's",
        "日本",
        "מה",
        "🎬",
        "over-the-shoulder",
        "—",
        "rooftop",
        "sea",
        "\ud800",
    ]
)


@given(st.lists(_WORDS, max_size=25).map(" ".join))
def test_any_mixture_of_known_words_gives_a_scene(prompt: str) -> None:
    assert len(scene(KEY, order(prompt)).cast) <= 3


def test_a_captain_is_somebody_in_what_the_words_give_him() -> None:
    (captain,) = seen("Medium close-up. An old captain in a yellow coat looks out to sea.").cast
    assert (captain.kind, captain.hat, captain.beard) == ("person", "cap", True)
    assert captain.coat[0] > 200 > 100 > captain.coat[2]


@pytest.mark.parametrize(
    ("prompt", "hats"),
    [
        ("A sailor waits", ["knit"]),
        ("A farmer in a wheat field", ["brim"]),
        ("A chef plates a dessert", ["toque"]),
        ("An astronaut walks on Mars", ["bubble"]),
        ("An engineer and a doctor talk", ["hard", ""]),
        ("A king and a wizard", ["crown", "point"]),
        ("A woman in a straw hat", ["brim"]),
        ("A glassblower shapes a vase", ["", None]),  # by its ending; the vase has no head
        ("Two thatchers, at noon", ["", ""]),
        ("Three friends dance", ["", "", ""]),
    ],
)
def test_roles_bring_people_and_what_they_wear(prompt: str, hats: list[str | None]) -> None:
    cast = seen(prompt).cast
    assert [f.hat if f.kind in ("person", "child") else None for f in cast] == hats


@pytest.mark.parametrize(
    "prompt",
    ["A blue tower rises", "A darker street at night", "The water glitters", "Another winter", "A border, at dawn"],
)
def test_what_ends_like_a_role_is_none(prompt: str) -> None:
    assert not [f for f in seen(prompt).cast if f.kind == "person"]


def test_each_person_wears_their_own_colour() -> None:
    man, girl = seen("A man in a blue coat and a girl in a red dress").cast
    assert man.coat[2] > man.coat[0]
    assert girl.coat[0] > girl.coat[2]
    assert seen("The captain, a woman of sixty, smiles").cast[0].long_hair


def test_umbrellas_are_a_crowd_in_the_colours_named() -> None:
    crowd = seen("Overhead shot of a street crossing in the rain, umbrellas in teal and red, neon").crowd
    assert crowd is not None
    assert (crowd.prop, len(crowd.colours)) == ("umbrella", 2)
    assert seen("A woman with a yellow umbrella").crowd is None
    assert seen("A crowd cheers at a concert").crowd is not None
    assert not seen("A crowd cheers at a concert").cast
    assert seen("Two people talk").crowd is None


@pytest.mark.parametrize(
    ("prompt", "marks"),
    [
        ("The harbour of Lisbon, wind turbines at sea", ("turbine",)),
        ("A lighthouse on the coast", ("lighthouse",)),
        ("Fireworks over a castle", ("fireworks", "castle")),
        ("Northern lights over a lake", ("aurora",)),
        ("A field of solar panels", ("solar",)),
        ("A field", ()),
    ],
)
def test_landmarks_are_known_by_name(prompt: str, marks: tuple[str, ...]) -> None:
    made = seen(prompt)
    assert made.marks == marks
    assert "wind" not in made.weather


def test_hot_drinks_steam_and_cold_ones_do_not() -> None:
    assert "steam" in seen("Close-up of a steaming coffee cup").weather
    assert "steam" not in seen("A glass of iced tea").weather
    assert seen("Close-up of a steaming coffee cup").place == "interior"


@pytest.mark.parametrize(
    ("prompt", "fresh"),
    [
        ("The woman turns and smiles", False),
        ("Slow push in, soft light", False),
        ("The waves roll in", False),
        ("A dog runs in", True),
        ("She walks home along the tram line", True),
        ("Wide shot of a forest", True),
    ],
)
def test_words_that_bring_something_new_are_told_from_those_about_the_picture(prompt: str, fresh: bool) -> None:
    assert seen(prompt).fresh is fresh


def test_a_remix_that_speaks_of_light_alone_is_about_the_light() -> None:
    strip = caption("Same shot at dusk, palette of teal, sand and rust. Cinematic, volumetric light.")

    assert strip.subject == "At dusk, palette of teal, sand and rust"
    assert strip.light == "Cinematic, volumetric light"
