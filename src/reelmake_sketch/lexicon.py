"""The words a sketch understands, as tables: pattern -> what it stands for; the first that matches wins.

Patterns are regular expressions on lower-case text, matched at word starts. Knows nothing of scenes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

Table = Mapping[str, str]

DISTANCES: Table = {
    r"extreme close|macro|\becu\b|detail shot|insert shot": "extreme close",
    r"extreme wide|extreme long|aerial|establishing|panoram|vista|drone shot|bird'?s[- ]eye": "extreme wide",
    r"medium close|close[- ]?up|\bcu\b|head and shoulders|portrait|tight shot": "close",
    r"medium wide|medium long|full shot|full[- ]body|cowboy|american shot|two[- ]shot|group shot": "full",
    r"medium|mid[- ]?shot|waist|over[- ](?:the[- ])?shoulder": "medium",
    r"wide|long shot|master shot|skyline|landscape": "wide",
}
ANGLES: Table = {
    r"overhead|top[- ]down|bird'?s[- ]eye|from (?:directly )?above|god'?s[- ]eye": "overhead",
    r"low[- ]angle|worm'?s[- ]eye|from below|looking up": "low",
    r"high[- ]angle|looking down|aerial|drone": "high",
}
MOVES: Table = {
    r"hand[- ]?held|shaky|shoulder[- ]cam": "handheld",
    r"(?:pan|tilt|crane|boom|jib|pedestal)(?:s|ning|ing)?(?: \w+)? up|crane|boom|rises? over|camera rises": "up",
    r"(?:pan|tilt|crane|boom|jib|pedestal)(?:s|ning|ing)?(?: \w+)? down|descend": "down",
    r"pan(?:s|ning)?(?: \w+)?(?: to the)? left|whip left": "left",
    r"pan(?:s|ning)?(?: \w+)?(?: to the)? right|pan\b|panning|sweep": "right",
    r"push(?:es|ing)?[- ]?in|dolly[- ]in|zoom(?:s|ing)?[- ]?in|moves? in|creep|dolly forward|track(?:s|ing)? in": "in",
    r"pull(?:s|ing)?[- ]?(?:out|back)|dolly[- ](?:out|back)|zoom(?:s|ing)?[- ]?out|reveal": "out",
    r"tracking|tracks? (?:her|him|them|it|with|along)|follow|steadicam|trucking|dolly|gimbal|travelling": "track",
    r"orbit|arc(?:s|ing)? around|circling": "orbit",
    r"tilt": "up",
    r"static|locked|tripod|still camera|fixed camera|no camera": "static",
}
TIMES: Table = {
    r"golden[- ]hour|sunset|magic hour|late afternoon|amber light|low sun": "golden",
    r"dusk|twilight|blue hour|evening|nightfall|gloaming": "dusk",
    r"night|midnight|moonl|neon|aurora|northern lights|fireworks|starl|stars\b|after dark|nocturn": "night",
    r"dawn|sunrise|daybreak|first light|early morning|morning": "dawn",
    r"noon|midday|daylight|bright day|sunny|afternoon|overcast": "day",
}
PLACES: Table = {
    r"rooftop|roof\b|terrace|balcony": "rooftop",
    r"outer space|\bspace\b|planet|orbit of|galaxy|asteroid|spaceship": "space",
    r"interior|\broom\b|kitchen|office|bedroom|studio|inside|cafe|café|bar\b|\blab|library|workshop|hallway|corridor|"
    r"classroom|hospital|desk\b|table\b|window seat|living room|restaurant|museum|factory": "interior",
    r"tram line|street|road|alley|avenue|crossing|pavement|sidewalk|boulevard|highway|tram|traffic|lane\b": "street",
    r"beach|\bsea\b|ocean|coast|harbou?r|shore|waves|lake|river|quay|pier\b|bay\b|island|boat|ship\b|sail(?!or)": "sea",
    r"forest|woods\b|woodland|jungle|pine|grove": "forest",
    r"mountain|alps|peak|cliff|canyon|valley|summit|glacier": "mountains",
    r"desert|dune|sahara|\bmars\b|wasteland": "desert",
    r"park\b|garden|meadow|lawn|orchard|playground|greenhouse": "park",
    r"field|farm(?!s on)|prairie|hill|countryside|vineyard|wheat|steppe|savann?ah?": "field",
    r"city|skyline|tower|skyscraper|downtown|urban|metropolis|buildings?|lisbon|tokyo|paris|london|new york|berlin|"
    r"vertical farm": "city",
    r"village|town|houses?\b|cottage": "field",
}
WEATHER: Table = {
    r"rain(?!coat|bow)|drizzle|downpour|storm|monsoon": "rain",
    r"snow|blizzard|winter|\bice\b|frost": "snow",
    r"fog|mist|hazy|haze|smok": "fog",
    r"cloud|overcast|storm": "clouds",
    r"stars?\b|starry|starlit|milky way": "stars",
    r"wind(?!ow|mill|ing)(?! (?:turbine|farm|power|park))|breeze|gust|kite|petals|(?:falling|autumn|dry) leaves": (
        "wind"
    ),
    r"steam(?! train| engine| loco|ship|boat|punk)|(?:hot|fresh|freshly brewed) (?:\w+ )?(?:cocoa|chocolate|soup|meal)|"
    r"(?<!iced )(?:coffee|espresso|latte|cappuccino|tea\b)": "steam",
}
BEAMS = r"volumetric|god ?rays|light ?shafts?|shafts? of|sunbeams?|light rays|rays of"

THINGS: Table = {
    r"dog|puppy|wolf|fox\b|hound": "dog",
    r"\bcats?\b|kitten|panther|tiger|lion\b": "cat",
    r"horse|pony|deer|stag\b|camel|unicorn": "horse",
    r"birds?\b|seagull|gull|pigeon|eagle|swallow|crane bird|crows?\b|owl|heron|stork": "bird",
    r"whale|dolphin|fish\b|shark": "fish",
    r"tram(?! line)|train|metro|subway|streetcar|railcar": "tram",
    r"\bbus\b|\bvan\b|truck|lorry": "bus",
    r"\bcars?\b|taxi|cab\b|automobile|limousine": "car",
    r"bike|bicycle|cycl|scooter": "bike",
    r"boat|ship\b|sail(?!or)|yacht|ferry|canoe": "boat",
    r"plane|aircraft|jet\b|airship|zeppelin": "plane",
    r"drone(?! shot)|quadcopter|helicopter": "drone",
    r"rocket|spaceship|spacecraft|shuttle": "rocket",
    r"robot|android|automaton|mech\b": "robot",
    r"balloon": "balloon",
    r"cup\b|mug|coffee|tea\b|teapot|espresso": "cup",
    r"bottle|perfume|vial|flask|jar\b|wine": "bottle",
    r"phone|smartphone|tablet|screen": "phone",
    r"book|notebook|letter\b|map\b|newspaper": "book",
    r"flower|rose\b|tulip|plant\b|seedling|sprout|bouquet": "flower",
    r"lamp\b|lantern|candle|torch": "lamp",
    r"watch\b|clock|shoe|sneaker|product|box\b|package|object|ring\b|crystal|trophy|vase|statue": "object",
}
MARKS: Table = {
    r"wind (?:turbine|farm|power|park)|turbines|windmill": "turbine",
    r"lighthouse": "lighthouse",
    r"(?:suspension |golden gate |steel |long )?bridges?\b": "bridge",
    r"castle|fortress|citadel|palace": "castle",
    r"fireworks?": "fireworks",
    r"aurora|northern lights|polar lights": "aurora",
    r"lightning|thunderstorm": "lightning",
    r"rainbow": "rainbow",
    r"solar (?:panel|farm|park|array|power)|photovoltaic": "solar",
}
PROPS: Table = {
    r"kites?\b": "kite",
    r"umbrella|parasol": "umbrella",
    r"balloon": "balloon",
    r"flag\b|banner": "flag",
    r"suitcase|briefcase|\bbag\b|backpack|basket|luggage": "bag",
    r"lantern|torch|candle": "lantern",
}
ACTIONS: Table = {
    r"fl(?:y|ies|ying|ew)\b.{0,30}kite": "kite",
    r"run(?:s|ning)?\b|race(?:s|d)?\b|racing|sprint|chas|jog|flee|rush": "run",
    r"walk|stroll|cross(?:es|ing)|steps?\b|march|wander|hik|approach|leaves\b|leaving|arriv|enters?\b|goes\b|comes\b|"
    r"pass(?:es|ing)": "walk",
    r"danc|spin|twirl|leap|jump|skip|celebrat|cheer": "dance",
    r"wav(?:es|ing)\b(?! crash)|points?\b|reach|rais(?:es|ing)|salut|holds? up|greets?": "wave",
    r"sit|sits|seated|reads?\b|reading|meditat|rests?\b|eats?\b|drinks?\b|typ(?:es|ing)|work(?:s|ing)|cook": "sit",
    r"rid(?:es|ing)|driv(?:es|ing)|sail(?!or)|fl(?:y|ies|ying)|glid|soar|rolls?\b|float|drift|launch|swim": "travel",
    r"looks?|gaz|star(?:es|ing)\b|watch|turns?|smil|listen|talk|speak|sings?|whisper|stand|wait|lean": "stand",
}

VERBS = (
    r"(?:fl(?:y|ies)|walks?|runs?|rac(?:e|es)|sprints?|strolls?|cross(?:es)?|march(?:es)?|wanders?|approach(?:es)?|"
    r"leaves?|arrives?|enters?|goes|comes|pass(?:es)?|danc(?:e|es)|spins?|leaps?|jumps?|skips?|waves?|points?|"
    r"reach(?:es)?|rais(?:e|es)|holds?|sits?|reads?|rests?|eats?|drinks?|types?|works?|cooks?|rides?|drives?|sails?|"
    r"glides?|soars?|rolls?|floats?|drifts?|launch(?:es)?|swims?|looks?|gazes?|stares?|watch(?:es)?|turns?|smiles?|"
    r"listens?|talks?|speaks?|sings?|stands?|waits?|leans?|opens?|closes?|rises?|falls?|grows?|glows?|pours?|lifts?|"
    r"pulls?|pushes|catch(?:es)?|throws?|plays?|climbs?|chas(?:e|es)|follows?|steps?|stops?|lands?|blooms?|spreads?|"
    r"begins?|slows?|hangs?|carr(?:y|ies)|wakes?|sleeps?|sees?|finds?|is|are)"
)
FRAMING = (
    r"(?:(?:extreme|very|medium|wide|long|full|close|tight|low|high|dutch|canted|establishing|aerial|tracking|master|"
    r"slow|two|group|over[- ]the[- ]shoulder|overhead|static|handheld|macro|insert|drone|cowboy|steadicam|dolly|"
    r"crane|pov|angle|top[- ]down|mid)[- ,]*)*(?:shot|close[- ]?up|angle|view|vista|portrait|macro|insert)s?\b"
)
STYLE = r"cinematic|inspiring|film grain|35 ?mm|anamorphic|photoreal|style|4k|8k|hdr|palette|colou?r grade|mood|shallow"
PALETTE = r"palette|tones? of|colou?rs? of|shades? of|graded? in"
LIGHT = (
    r"golden hour|light|lit\b|dawn|dusk|night|sunset|sunrise|noon|neon|moonl|overcast|twilight|blue hour|shadow|"
    r"morning|evening|afternoon|glow|candle|silhouette|rays"
)

COLOURS: Mapping[str, tuple[int, int, int]] = {
    "red": (200, 48, 44),
    "crimson": (170, 28, 48),
    "scarlet": (214, 48, 36),
    "orange": (232, 126, 42),
    "rust": (172, 84, 48),
    "amber": (240, 168, 58),
    "yellow": (242, 200, 68),
    "golden": (226, 178, 82),
    "gold": (226, 178, 82),
    "sand": (214, 188, 146),
    "beige": (214, 196, 164),
    "green": (74, 142, 84),
    "olive": (118, 124, 62),
    "emerald": (34, 140, 100),
    "mint": (148, 208, 180),
    "teal": (38, 132, 138),
    "turquoise": (64, 184, 182),
    "cyan": (84, 196, 214),
    "blue": (58, 104, 184),
    "navy": (34, 50, 96),
    "indigo": (68, 62, 148),
    "purple": (124, 74, 158),
    "violet": (140, 92, 184),
    "lavender": (180, 164, 214),
    "magenta": (206, 62, 146),
    "pink": (232, 142, 170),
    "rose": (216, 112, 128),
    "brown": (120, 84, 58),
    "black": (34, 34, 40),
    "grey": (132, 136, 142),
    "gray": (132, 136, 142),
    "silver": (188, 194, 202),
    "white": (238, 238, 234),
    "cream": (240, 228, 204),
}


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + pattern + ")")


def first(table: Table, text: str, otherwise: str = "") -> str:
    """What the first matching pattern of the table stands for."""
    return next((meaning for pattern, meaning in table.items() if _compiled(pattern).search(text)), otherwise)


def every(table: Table, text: str) -> tuple[str, ...]:
    """All meanings that the text calls for, in the order they are first said, each once."""
    found = [(m.start(), meaning) for pattern, meaning in table.items() if (m := _compiled(pattern).search(text))]
    return tuple(dict.fromkeys(meaning for _, meaning in sorted(found)))


def wheres(table: Table, text: str) -> tuple[int, ...]:
    """Where any pattern of the table begins."""
    return tuple(m.start() for pattern in table for m in _compiled(pattern).finditer(text))


def says(pattern: str, text: str) -> bool:
    return bool(_compiled(pattern).search(text))


def find(pattern: str, text: str) -> re.Match[str] | None:
    return _compiled(pattern).search(text)


def colours(text: str) -> tuple[tuple[int, int, int], ...]:
    """The colours a text names, in order."""
    return tuple(COLOURS[m.group()] for m in _compiled(rf"(?:{'|'.join(COLOURS)})\b").finditer(text))


def colour_of(noun: str, text: str) -> tuple[int, int, int] | None:
    """The colour named up to two words before a noun pattern ("red raincoat", "red paper kite")."""
    match = _compiled(rf"({'|'.join(COLOURS)})(?: [\w-]+)?[ -](?:{noun})").search(text)
    return COLOURS[match.group(1)] if match else None


def colours_of(noun: str, text: str) -> tuple[tuple[int, int, int], ...]:
    """All colours named of a noun, before it ("teal and red umbrellas") or after ("umbrellas in teal and red")."""
    one = rf"(?:{'|'.join(COLOURS)})"
    some = rf"{one}(?:(?:, (?:and )?| and | or |/){one})*"
    match = _compiled(rf"({some})(?: [\w-]+)?[ -](?:{noun})").search(text)
    match = match or _compiled(rf"(?:{noun})s?,? (?:in|of|are|is|glow(?:ing)?) ({some})\b").search(text)
    return colours(match.group(1)) if match else ()
