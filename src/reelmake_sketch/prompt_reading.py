"""From an order's words to a scene: distance, angle, move, light, place, cast. Any text gives one. Pure."""

from __future__ import annotations

import hashlib

from reelmake.model.order import Order
from reelmake_sketch import lexicon, roles
from reelmake_sketch.caption import caption
from reelmake_sketch.novelty import fresh
from reelmake_sketch.palette import palette
from reelmake_sketch.scenery import RGB, Crowd, Figure, Light, Scene, SceneMove, Time, View

_SKINS: tuple[RGB, ...] = ((236, 196, 164), (214, 164, 124), (172, 120, 84), (120, 80, 58))
_HAIRS: tuple[RGB, ...] = ((36, 28, 30), (74, 48, 34), (140, 92, 52), (90, 86, 90))
_HORIZONS = {"eye": 0.56, "low": 0.80, "high": 0.30, "overhead": 0.0}
TABLE = frozenset({"cup", "bottle", "phone", "book", "flower", "lamp", "object"})
_MASSED = ("city", "park", "forest", "mountains", "sea")


def scene(key: str, order: Order) -> Scene:
    """What to paint for an order. The same for equal keys and orders; `shot`, `tier` and `provider` never matter."""
    seed = int.from_bytes(hashlib.sha256(f"sketch\n{key}\n{order.seed}".encode()).digest()[:8], "big")
    text = _allowed(order.prompt.lower(), order.avoid.lower())
    strip = caption(order.prompt, order.avoid)
    place, beyond = _place(text)
    weather = _weather(text, place)
    time = _time(text, weather)
    cast = _cast(text, seed, place)
    if place == "open" and cast and cast[0].kind in TABLE:
        place = "interior"  # what is looked at alone stands in a room
    view = _view(text, cast, seed)
    named = lexicon.colours(_graded(text))
    neon = lexicon.says("neon|cyberpunk|synthwave", text)
    return Scene(
        caption=strip,
        palette=palette(time, weather, place, named, neon, seed),
        view=view,
        move=_move(text, seed),
        light=_light(text, time, weather, place, seed),
        place=place,
        beyond=beyond,
        cast=cast,
        weather=weather,
        seed=seed,
        told=bool(named or neon or lexicon.first(lexicon.TIMES, text) or {"rain", "snow", "fog"} & weather),
        fresh=fresh(text),
        crowd=_crowd(text),
        marks=lexicon.every(lexicon.MARKS, text)[:3],
    )


def _allowed(text: str, avoid: str) -> str:
    """The prompt without the words that are to be avoided."""
    for word in (w.strip() for w in avoid.split(",")):
        if word:
            text = text.replace(word, " ")
    return text


def _graded(text: str) -> str:
    """Only colours said of the picture itself: a palette, a light, a sky."""
    match = lexicon.find(r"(?:palette|tones?|colou?rs?|grade[ds]?|shades?|hues?)\b", text)
    if match:
        return text[max(0, match.start() - 40) : match.end() + 60]
    sky = lexicon.find(rf"(?:{'|'.join(lexicon.COLOURS)}) (?:light|sky|haze|glow|mist|smoke|sea|sand|dusk|dawn)", text)
    return sky.group() if sky else ""


def _place(text: str) -> tuple[str, str]:
    said = lexicon.every(lexicon.PLACES, text)
    if not said:
        return "open", ""
    near = next((p for p in ("interior", "rooftop", "street") if p in said), said[0])
    if near == "street" and "park" in said and said[0] != "street":
        near = "park"
    beyond = next((p for p in said if p != near and p in _MASSED), "")
    if near in ("rooftop", "street") and not beyond:
        beyond = "city"
    return near, beyond


def _weather(text: str, place: str) -> frozenset[str]:
    found = set(lexicon.every(lexicon.WEATHER, text))
    if lexicon.says(r"storm|overcast", text):
        found.add("clouds")
    if place == "interior":
        found -= {"fog"}
    return frozenset(found)


def _time(text: str, weather: frozenset[str]) -> Time:
    said = lexicon.every(lexicon.TIMES, text)
    if said:
        return said[0]  # type: ignore[return-value]
    return "night" if "stars" in weather else "day"


def _light(text: str, time: Time, weather: frozenset[str], place: str, seed: int) -> Light:
    left = lexicon.says(r"from (?:the )?left|left light", text)
    right = lexicon.says(r"from (?:the )?right|right light", text)
    side = left or (not right and bool(seed >> 16 & 1))
    spread = (seed >> 17 & 0xFF) / 255
    x = 0.16 + spread * 0.16 if side else 0.84 - spread * 0.16
    if lexicon.says(r"back ?lit|backlight|silhouette|contre", text):
        x = 0.42 + spread * 0.16
    heights = {"dawn": 0.46, "day": 0.14, "golden": 0.40, "dusk": 0.52, "night": 0.20}
    covered = bool({"rain", "clouds", "snow"} & weather) and time in ("day", "dawn")
    kind = "none" if covered else "moon" if time == "night" else "sun"
    beams = lexicon.says(lexicon.BEAMS, text) and kind != "none"
    return Light(time, kind, x, heights[time] + (spread - 0.5) * 0.06, beams)


def _view(text: str, cast: tuple[Figure, ...], seed: int) -> View:
    angle = lexicon.first(lexicon.ANGLES, text, "eye")
    distance = lexicon.first(lexicon.DISTANCES, text) or ("full" if cast else "wide")
    horizon = _HORIZONS[angle] + ((seed >> 25 & 0xFF) / 255 - 0.5) * 0.06
    if distance in ("close", "extreme close") and angle == "eye":
        horizon += 0.06
    roll = (5.0 if seed >> 33 & 1 else -5.0) if lexicon.says(r"dutch|canted|tilted frame|oblique angle", text) else 0.0
    shoulder = lexicon.says(r"over[- ](?:the[- ]|her |his |their )?(?:\w+'s )?shoulder|\bots\b", text)
    return View(distance, angle, max(0.0, horizon), roll, shoulder)  # type: ignore[arg-type]


def _move(text: str, seed: int) -> SceneMove:
    side = 1.0 if seed >> 34 & 1 else -1.0
    moves = {
        "left": SceneMove("pan left", x=-0.34),
        "right": SceneMove("pan right", x=0.34),
        "up": SceneMove("up", y=-0.22),
        "down": SceneMove("down", y=0.22),
        "in": SceneMove("push in", zoom=(1.0, 1.22)),
        "out": SceneMove("pull out", zoom=(1.22, 1.0)),
        "track": SceneMove("tracking", x=0.55 * side, follow=True),
        "orbit": SceneMove("orbit", x=0.30 * side, zoom=(1.0, 1.08), follow=True),
        "handheld": SceneMove("handheld", x=0.02 * side, shake=0.010),
        "static": SceneMove("static"),
        "": SceneMove("drift", x=0.045 * side),
    }
    return moves[lexicon.first(lexicon.MOVES, text)]


def _cast(text: str, seed: int, place: str) -> tuple[Figure, ...]:
    people = roles.people(text)
    things = [t for t in lexicon.every(lexicon.THINGS, text) if not (t == "balloon" and people)]
    action = lexicon.first(lexicon.ACTIONS, text, "stand")
    prop = lexicon.first(lexicon.PROPS, text)
    if action == "kite" or (prop == "kite" and people):
        action, prop = "kite", "kite"
    if prop == "lantern":
        things = [t for t in things if t != "lamp"]
    if place == "interior" and people:
        things = [t for t in things if t not in ("car", "bus", "tram")]
    figures = [
        _person(p, action, prop if n == 0 or prop != "kite" else "", (seed >> 40) + 5 * n) for n, p in enumerate(people)
    ]
    for n, kind in enumerate(things, len(figures)):
        figures.append(_thing(kind, "stand" if n and action == "kite" else action, text, (seed >> 40) + 5 * n))
    return tuple(figures[:3])


_WEAR = (
    r"(?:rain)?coat|jacket|dress|t?-?shirt|sweater|suit\b|hoodie|scarf|jumper|uniform|cloak|cape|gown|parka|anorak|"
    r"overalls|apron|robe|kimono|sari|vest|blazer|cardigan|blouse|tunic|poncho|spacesuit|pullover|outfit|costume|oilskin"
)
_HATS: lexicon.Table = {
    r"hard hat|helmet": "hard",
    r"beanie|woolly hat|knit(?:ted)? (?:hat|cap)|santa hat": "knit",
    r"straw hat|cowboy hat|fedora|sun ?hat|panama|wide[- ]brimmed|\bhats?\b": "brim",
    r"chef'?s hat|toque": "toque",
    r"crown\b|tiara": "crown",
    r"(?:peaked |baseball |flat )?cap\b|beret": "cap",
}
_HAT_COLOURS: dict[str, RGB] = {
    "cap": (34, 44, 78),
    "knit": (172, 66, 52),
    "brim": (208, 176, 118),
    "toque": (240, 240, 236),
    "bubble": (236, 236, 232),
    "hard": (244, 190, 50),
    "helm": (136, 144, 152),
    "crown": (232, 186, 70),
    "point": (68, 62, 148),
}
_FREE: tuple[RGB, ...] = (
    (176, 62, 54),
    (56, 96, 128),
    (196, 140, 62),
    (84, 112, 84),
    (126, 84, 116),
    (62, 66, 84),
)


def _person(person: roles.Person, action: str, prop: str, bits: int) -> Figure:
    text = person.said
    hat = lexicon.first(_HATS, text) or person.role.hat
    worn = lexicon.find(
        rf"(?:wearing|dressed|clad|in|all) (?:all )?(?:in )?({_NAMES})(?=$|[,.;]| (?:and|with)\b)", text
    )
    coat = lexicon.colour_of(_WEAR, text) or (lexicon.COLOURS[worn.group(1)] if worn else None) or person.role.coat
    hair = lexicon.colour_of("hair|beard", text) or (_GREY if person.old else _HAIRS[bits // 7 % len(_HAIRS)])
    beard = lexicon.says(r"beard|santa|wizard", text) or (
        person.female is None and person.kind == "person" and person.old and person.role.hat in ("cap", "knit", "point")
    )
    return Figure(
        kind=person.kind,
        action=action,
        coat=coat or _FREE[bits % len(_FREE)],
        hair=hair,
        skin=_SKINS[bits // 31 % len(_SKINS)],
        long_hair=not beard and _long_hair(text, person.female, bits),
        prop=prop,
        prop_colour=_prop_colour(prop, text),
        hat=hat,
        hat_colour=lexicon.colour_of(_HAT_NOUNS, text) or _HAT_COLOURS.get(hat, (0, 0, 0)),
        beard=beard,
    )


_NAMES = "|".join(lexicon.COLOURS)
_HAT_NOUNS = r"hat\b|cap\b|beanie|helmet|crown|beret|fedora"
_GREY: RGB = (188, 186, 182)


def _prop_colour(prop: str, text: str) -> RGB:
    named = lexicon.colours_of(_prop_nouns(prop), text) if prop else ()
    return named[0] if named else (214, 62, 48) if prop else (0, 0, 0)


def _thing(kind: str, action: str, text: str, bits: int) -> Figure:
    return Figure(
        kind=kind,
        action=action,
        coat=lexicon.colour_of(_nouns(kind), text) or _FREE[bits % len(_FREE)],
        hair=_HAIRS[0],
        skin=_SKINS[bits // 31 % len(_SKINS)],
    )


def _crowd(text: str) -> Crowd | None:
    if not roles.crowd(text):
        return None
    held = "umbrella" if lexicon.says("umbrellas?|parasols?", text) else ""
    named = lexicon.colours_of("umbrellas?|parasols?", text) if held else lexicon.colours_of(_WEAR, text)
    return Crowd(14, named, held)


def _long_hair(text: str, female: bool | None, bits: int) -> bool:
    if lexicon.says(r"short(?: \w+)? hair|\bbald", text):
        return False
    if lexicon.says(r"long(?: \w+)? hair", text):
        return True
    return bool(bits & 1) if female is None else female


def _nouns(kind: str) -> str:
    return next((pattern for pattern, meaning in lexicon.THINGS.items() if meaning == kind), kind)


def _prop_nouns(prop: str) -> str:
    return next((pattern for pattern, meaning in lexicon.PROPS.items() if meaning == prop), prop)
