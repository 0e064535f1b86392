"""Where no line may end although there is a blank: inside numbers, before units and French punctuation.

Knows nothing of letters and of pictures.
"""

from __future__ import annotations

import re

TIE = "\u00a0"
_UNITS = (
    "%|‰|°[CF]?|℃|€|£|¥|₽|₴|zł|kr|Kč|µm|nm|mm|cm|dm|km|m|m²|m³|km²|ha|mg|g|kg|t|ms|s|min|h|ml|cl|l|L|kB|MB|GB|TB|Hz|kHz|MHz|GHz|"
    "W|kW|MW|kWh|V|A|mA|K|px|dpi|fps|dB|km/h|m/s|mph"
)
_INSIDE = (
    rf"(?<=\d) (?=\d)"  # 40 000 000, a telephone number
    rf"|(?<=\d) (?=(?:{_UNITS})(?![^\W_]))"
    r"|(?<=\S) (?=[:;!?»›](?:\s|$|[.,:;!?)…»]))"  # as French has it
    r"|(?<=[«‹]) (?=\S)"
    r"|(?<=[№§¶$€£¥±×]) (?=\d)"
)


def tied(words: str) -> str:
    """The same words, with a blank at which no line ends wherever two parts belong together."""
    return re.sub(_INSIDE, TIE, words)
