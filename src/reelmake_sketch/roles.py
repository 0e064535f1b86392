"""People as storyboards name them: by role, kin, age or number; and a rule for the roles that no list holds.

Knows words and what a role wears; nothing of figures or of pixels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from reelmake_sketch import lexicon
from reelmake_sketch.scenery import RGB

_WHITE, _NAVY, _DENIM, _SAFETY = (236, 236, 232), (34, 50, 96), (72, 98, 136), (238, 122, 44)


@dataclass(frozen=True, slots=True)
class Role:
    """What a role wears where the words do not say: a hat by name ("" = none) and a coat (None = any)."""

    hat: str = ""
    coat: RGB | None = None


# role words (singular; a plural is understood) -> what they wear
_ROLES: Mapping[str, Role] = {
    r"captain|skipper|admiral|ship's officer|pilot|conductor|chauffeur|train driver|bus driver|tram driver": Role(
        "cap", _NAVY
    ),
    r"police (?:officer|man|woman)|police(?:man|woman)|cop|officer|security guard|guard|sheriff|postman|mail carrier": (
        Role("cap", (44, 56, 88))
    ),
    r"sailor|seaman|fisher(?:man|woman)?|deckhand|docker|longshoreman|lumberjack|skier|snowboarder|thief": Role("knit"),
    r"farmer|gardener|rancher|cow(?:boy|girl)|explorer|archaeologist|vintner|winemaker|beekeeper|shepherd|ranger|"
    r"detective|traveller|traveler|gangster|scarecrow|pilgrim": Role("brim"),
    r"chef|cook|baker|pastry chef|pizzaiolo": Role("toque", _WHITE),
    r"astronaut|cosmonaut|spaceman|spacewoman": Role("bubble", _WHITE),
    r"(?:construction |factory |steel |dock |road )?worker|engineer|builder|miner|welder|technician|electrician|"
    r"mechanic|plumber|architect|foreman|inspector": Role("hard", _SAFETY),
    r"fire ?fighter|fire(?:man|woman)": Role("hard", (74, 66, 58)),
    r"cyclist|bike rider|motorcyclist|biker|skateboarder|skater|climber|mountaineer|racer|racing driver": Role("hard"),
    r"soldier|warrior|knight|viking|samurai|gladiator|trooper": Role("helm", (104, 112, 120)),
    r"king|queen|prince|princess|emperor|empress": Role("crown", (124, 44, 92)),
    r"wizard|witch|sorcerer|sorceress|mage|magician|alchemist": Role("point", (68, 62, 148)),
    r"doctor|physician|surgeon|scientist|researcher|chemist|biologist|physicist|pharmacist|dentist|vet": (
        Role("", _WHITE)
    ),
    r"nurse|medic|paramedic|therapist|midwife": Role("", (120, 176, 186)),
    r"bride|ballerina|fencer|karateka|priestess|angel": Role("", _WHITE),
    r"groom|businessm[ae]n|businesswom[ae]n|executive|lawyer|banker|politician|president|diplomat|agent|spy|waiter|"
    r"waitress|butler|judge|pianist|musician|violinist|cellist|maestro|priest": Role("", (44, 48, 62)),
    r"painter|potter|carpenter|craftsm[ae]n|blacksmith|artisan|tailor|cobbler|shopkeeper|barista|bartender|"
    r"florist|butcher|mason": Role("", _DENIM),
    r"monk|nun|guru": Role("", (196, 106, 48)),
    r"santa(?: claus)?": Role("knit", (200, 48, 44)),
    r"teacher|professor|student|librarian|writer|author|poet|journalist|reporter|photographer|director|filmmaker|"
    r"actor|actress|model|singer|guitarist|drummer|dj|rapper|dancer|acrobat|clown|mime|performer|artist|designer|"
    r"programmer|developer|hacker|gamer|founder|entrepreneur|manager|boss|colleague|coworker|employee|secretary|"
    r"receptionist|salesm[ae]n|customer|shopper|client|tourist|hiker|backpacker|camper|runner|jogger|sprinter|"
    r"athlete|swimmer|surfer|diver|footballer|boxer|wrestler|yogi|gymnast|player|coach|referee|passenger|commuter|"
    r"driver|courier|cleaner|janitor|vendor|merchant|seller|host|hostess|guest|patient|neighbou?r|lover|hero|"
    r"heroine|villain|robber|refugee|activist|speaker|keeper|rider|walker|buyer|owner|influencer|vlogger|"
    r"volunteer|inventor|navigator|operator|translator|sculptor|weaver": Role(),
    r"grand(?:mother|father|ma|pa|parent)|granny|nana|elder|pensioner|old-timer": Role(),
    r"mother|father|mom|mum|dad|parent|wife|husband|sister|brother|aunt|uncle|cousin|twin|friend|stranger|"
    r"adult|teen|teenager|adolescent|bridesmaid|girlfriend|boyfriend|(?:two|three|four|five) people": Role(),
}
_GENERIC = (
    r"man|woman|person|human|lady|gentleman|guy|figure|silhouetted figure|protagonist|character|narrator|someone|"
    r"somebody|pedestrian|passer-by|men|women"
)
_CHILD = (
    r"child|children|kid|girl(?!friend)|boy(?!friend)|toddler|daughter|son|baby|babies|pupil|schoolgirl|schoolboy|"
    r"infant|grandson|granddaughter"
)
_AGED = (
    r"(?:aged? )?(?:four|five|six|seven|eight|nine|ten|eleven|twelve)(?= ?[,.;]|-year| years|$)|"
    r"(?:aged? )(?:[4-9]|1[0-2])\b|(?:[4-9]|1[0-2])[- ]years?[- ]old"
)
_MASS = (
    r"crowds?|people|audience|spectators|commuters|pedestrians|protesters|marchers|tourists|shoppers|fans|everyone|"
    r"everybody|villagers|citizens|army|choir|orchestra|teams?|crew|parade|festival|concert|marathon|demonstration|"
    r"rush hour|passers-by|(?:a )?(?:group|line|queue|hundreds|thousands|dozens) of (?:\w+s|people|men|women|children)"
)
_HINTED = (
    r"she|he|her|him|his|they|hands?|face|eyes?|fingers|lips|smile|raincoat|dress|hoodie|sweater|jacket|suit|"
    r"(?:black|brown|blond|blonde|red|grey|gray|white|curly|long|short) hair|portrait|first-person|pov"
)
_FEMALE = r"wom[ae]n|lady|girl|she|her|mother|mom|mum|sister|aunt|wife|queen|daughter|gran(?:ny|dma|dmother)|ress\b"
_OLD = (
    r"old(?! town| city| house| tram| book| car| street| map)|elderly|aged(?! \d)|senior|ancient|grand|wrinkled|elder"
)

# roles by their ending, where an article comes before and a noun can end after
_ENDING = re.compile(
    r"(?<!\w)(?:(?:an?|the|another|young|old)\s(?:[a-z-]+\s){0,2}?([a-z]{3,}(?:er|or|ist|ian|eer|smith|man|woman))"
    r"|(?:two|three|four|several|young|old)\s(?:[a-z-]+\s)?([a-z]{3,}(?:ers|ors|ists|ians|eers|smiths|men|women)))"
    r"(?=$|[,.;:!?\n—–]|\s(?:in|on|at|with|from|by|near|under|behind|who|and|as|inside|outside|of|wearing|holding)\b|"
    r"\s[a-z]{3,}(?:s|ing|es)\b)"
)
# what ends like a role and is none
_NO_ROLE = frozenset(
    re.split(
        r" +",
        "computer corner door floor mirror motor tractor color number poster power thunder spider otter beaver "
        "lobster rooster hamster butter container freighter skyscraper border layer trailer roller counter "
        "shutter silver amber ladder feather leather weather timber copper cover chamber center theater meter "
        "order shower hammer cruiser steamer printer drawer planter filter burner boiler dryer cooler toaster "
        "mixer monitor projector reactor sensor elevator escalator conveyor corridor harbor armor interior "
        "exterior anchor error horror humor labor meteor mist list twist fist wrist over under after other "
        "another never ever together former inner outer upper lower later winter summer september october "
        "november december water river flower tower paper letter laser gutter cluster glitter boulder shoulder "
        "finger folder burger dinner supper cracker charger sweater jumper trainer sneaker locker blender lighter "
        "flicker matter manner offer rather either whether slider glider flyer spinner propeller jupiter crater "
        "glacier frontier pier dagger fiber tiger panther streamer banner hanger tanker bumper quarter semester "
        "character vector sector factor savior flavor odor tenor minor major german roman ottoman talisman norman "
        "caiman meridian obsidian amphibian egyptian italian indian victorian georgian brazilian ocean canister "
        "hairdryer crossover rollercoaster coaster master super proper",
    )
)
_COUNTED = re.compile(r"(?:two|three|four|five) $")
_OF_THINGS = re.compile(r" of (?!people|friends|kids|children|men|women)")
_NEAR = 80  # letters before a word that are looked at: a text may be long, and have as many such words
_NUMBERS = {"two": 2, "both": 2, "couple": 2, "pair": 2, "three": 3, "trio": 3, "four": 3, "five": 3, "six": 3}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a text names. `said` is the part of the text that is about them."""

    kind: str
    role: Role
    old: bool
    female: bool | None
    said: str


def people(text: str) -> tuple[Person, ...]:
    """Who is in a lower-case text, in the order they are named: at most three."""
    found = _named(text)
    if not found:
        match = None if crowd(text) else _compiled(_HINTED).search(text)
        found = [(match.start(), "person", Role(), match.group(), 1)] if match else []
    made: list[Person] = []
    for n, (at, kind, role, noun, count) in enumerate(found):
        begin = text.rfind(" and ", 0, at) + 5 if n else 0
        begin = max(begin, 0 if not n else found[n - 1][0] + len(found[n - 1][3]))
        end = found[n + 1][0] if n + 1 < len(found) else len(text)
        about = text if len(found) == 1 else text[begin:end]
        before = text[max(0, at - 24) : at + len(noun) + 12]
        made += [Person(kind, role, lexicon.says(_OLD, before), _female(noun, about), about)] * count
    return tuple(made[:3])


def crowd(text: str) -> bool:
    """Are there more people than can be told apart?"""
    for match in _compiled(_MASS).finditer(text):
        if not _COUNTED.search(text[max(0, match.start() - _NEAR) : match.start()]):
            return True
    return not _named(text) and bool(_compiled("umbrellas|parasols").search(text))


def places_of(text: str) -> tuple[int, ...]:
    """Where people are named outright; "she" or "her hands" name nobody new."""
    return tuple(mention[0] for mention in _named(text))


Mention = tuple[int, str, Role, str, int]


def _named(text: str) -> list[Mention]:
    mentions = sorted(_mentions(text), key=lambda m: (m[0], -len(m[3])))
    kept: list[Mention] = []
    for mention in mentions:
        at, kind, _, noun, _ = mention
        overlaps = any(at < k[0] + len(k[3]) and k[0] < at + len(noun) for k in kept)
        again = any(_stem(k[3]) == _stem(noun) for k in kept)
        # "the captain, a woman of sixty": a plain word after a comma or "the" is the one already named
        before = text[max(0, at - _NEAR) : at]
        same = kept and _compiled(_GENERIC).fullmatch(noun) and re.search(r"(?:, an? |the |this )(?:\w+ )?$", before)
        aged = kept and kind == "child" and _compiled(_AGED).fullmatch(noun)
        if aged and kept[-1][1] == "person" and not _compiled(_GENERIC).fullmatch(kept[-1][3]):
            continue
        if not (overlaps or again or same or aged):
            kept.append(mention)
    return kept


def _mentions(text: str) -> Iterator[Mention]:
    for pattern, role in _ROLES.items():
        for match in _compiled(rf"(?:{pattern})(?:s|es)?").finditer(text):
            yield match.start(), "person", role, match.group(), _count(text, match.start(), match.group())
    for pattern, kind in ((_GENERIC, "person"), (rf"(?:{_CHILD})s?|{_AGED}", "child")):
        for match in _compiled(pattern).finditer(text):
            yield match.start(), kind, Role(), match.group(), _count(text, match.start(), match.group())
    for match in _compiled(r"couple|lovers|duo|newlyweds|twins").finditer(text):
        if not _OF_THINGS.match(text, match.end()):
            yield match.start(), "person", Role(), match.group(), 2
    for match in _ENDING.finditer(text):
        group = 1 if match.group(1) else 2
        noun = match.group(group)
        known = any(lexicon.first(t, noun) for t in (lexicon.PLACES, lexicon.THINGS, lexicon.PROPS, lexicon.MOVES))
        if noun.removesuffix("s") not in _NO_ROLE and not known:
            yield match.start(group), "person", Role(), noun, _count(text, match.start(group), noun)


def _count(text: str, at: int, noun: str) -> int:
    if " people" in noun:
        return min(3, _NUMBERS[noun.split()[0]])
    plural = noun in ("men", "women", "children") or (noun.endswith("s") and not noun.endswith("ss"))
    before = text[max(0, at - 22) : at].split()[-3:]
    number = next((_NUMBERS[w] for w in before if w in _NUMBERS), 0)
    return number or 3 if plural else 1


def _stem(noun: str) -> str:
    return re.sub(r"(?:es|s)$", "", noun).replace("children", "child").replace("women", "woman")


def _female(noun: str, about: str) -> bool | None:
    """None: the words do not say."""
    if lexicon.says(_FEMALE, noun) or noun.endswith(("ress", "ina", "woman", "women")):
        return True
    if _compiled(r"\w*(?<!wo)m[ae]n|boy|father|dad|brother|uncle|husband|king|grandpa|son|santa.*").fullmatch(noun):
        return False
    if _compiled(r"he|his|him|bearded|beard").search(about):
        return False
    return True if _compiled(r"she|her|woman|women").search(about) else None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")
