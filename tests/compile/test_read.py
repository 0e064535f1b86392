"""Bytes and YAML to nodes: places, our scalar rules, and what no text may do to us."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reelmake.compile import read as reading
from reelmake.compile.node import Node, plain
from reelmake.compile.read import decode, read
from reelmake.diagnostics import Report, Source, draw


def tree(text: str) -> Node:
    report = Report()
    node = read(Source("s.yaml", text), report)
    assert not report.items, [draw(d) for d in report.items]
    assert node is not None
    return node


def codes(text: str) -> list[str]:
    report = Report()
    read(Source("s.yaml", text), report)
    return [d.code for d in report.sorted()]


def test_more_than_ten_megabytes_are_not_read() -> None:
    report = Report()
    assert decode("s.yaml", b"a" * 10_000_001, report) is None
    assert [d.code for d in report.items] == ["RM104"]
    assert "10.0 MB" in report.items[0].message


def test_exactly_ten_megabytes_are() -> None:
    assert decode("s.yaml", b"a" * 10_000_000, Report()) is not None


def test_a_wrong_byte_is_shown_on_its_line() -> None:
    report = Report()
    assert decode("s.yaml", b"a: 1\nb: caf\xe9 au lait\n", report) is None
    assert str(report.items[0].span) == "s.yaml:2:7"


def test_a_nul_is_named() -> None:
    report = Report()
    source = decode("s.yaml", b"a: 1\nb: x\0y\n", report)
    assert source is not None
    assert read(source, report) is None
    assert (report.items[0].code, str(report.items[0].span)) == ("RM103", "s.yaml:2:5")
    assert "NUL" in report.items[0].message


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("1", 1), ("-3", -3), ("+3", 3), ("0", 0), ("1.50", Decimal("1.5")), (".5", Decimal("0.5")), ("5.", Decimal(5)),
        ("1e3", Decimal(1000)), ("true", True), ("False", False), ("null", None), ("~", None), ("Norway", "Norway"),
        ("y", "y"), ("N", "N"),
        ("2024-01-02", "2024-01-02"), ("1.2.3", "1.2.3"), ("1280x720", "1280x720"), ("24000/1001", "24000/1001"),
        ("on top", "on top"), ("nothing", "nothing"), ("12 monkeys", "12 monkeys"), ("-", "-"), ("1:", "1:"),
        ("'no'", "no"), ('"012"', "012"), ("|-\n  no", "no"), ("16:9x", "16:9x"), ("${x}", "${x}"),
    ],
)  # fmt: skip
def test_scalars(word: str, value: object) -> None:
    if word in ("-", "1:"):
        word = f"'{word}'"
    node = tree(f"a: {word}\n").get("a")
    assert node is not None
    assert (node.value, type(node.value)) == (value, type(value))


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("no", "RM108"), ("YES", "RM108"), ("Off", "RM108"), ("oN", "RM108"), ("1:30", "RM109"),
        ("1:02:03", "RM109"), ("1:30.5", "RM109"), ("-1:30", "RM109"), ("012", "RM110"), ("00", "RM110"),
        ("0x1F", "RM110"), ("0o17", "RM110"), ("0b11", "RM110"), ("1_000", "RM110"), (".inf", "RM110"),
        ("-.INF", "RM110"), (".nan", "RM110"), ("1" * 41, "RM110"), ("0." + "1" * 50, "RM110"),
    ],
)  # fmt: skip
def test_traps(word: str, code: str) -> None:
    assert codes(f"a: {word}\n") == [code]
    assert codes(f"a: \"{word}\"\nb: '{word}'\n") == []


def test_a_huge_exponent_is_text_not_work() -> None:
    assert tree("a: 1e999999999\n").text("a") == "1e999999999"


def test_places_are_characters_also_after_astral_ones_and_a_byte_order_mark() -> None:
    node = tree("\ufeffa: 😀é x\nb: {c: ${d}}\n".replace("{c: ${d}}", '{c: "${d}"}'))
    found = node.get("b", "c")
    assert found is not None
    assert str(found.span) == "s.yaml:2:8"
    assert found.source.text[found.start : found.end] == '"${d}"'


def test_crlf_keeps_places() -> None:
    found = tree("a: 1\r\nb:\r\n  c: x\r\n").get("b", "c")
    assert found is not None
    assert str(found.span) == "s.yaml:3:6"


def test_aliases_and_merges() -> None:
    node = tree("x: &x {a: 1, b: 2}\ny: &y {c: 3}\nz:\n  <<: [*x, *y]\n  a: 9\nw: *x\n")
    assert plain(node)["z"] == {"a": 9, "b": 2, "c": 3}
    assert plain(node)["w"] == {"a": 1, "b": 2}


def test_every_repeated_key_is_told() -> None:
    assert codes("a: 1\na: 2\na: 3\nb: {c: 1, c: 2}\n") == ["RM107", "RM107", "RM107"]


def test_an_alias_bomb_costs_nothing() -> None:
    lines = ["x0: &x0 [" + ", ".join("a" * 10) + "]"]
    lines += [f"x{i}: &x{i} [{', '.join([f'*x{i - 1}'] * 10)}]" for i in range(1, 40)]
    start = time.process_time()
    assert codes("\n".join(lines)) == ["RM112"]
    assert time.process_time() - start < 1


def test_a_flood_of_brackets_costs_nothing() -> None:
    start = time.process_time()
    assert codes("a: " + "[" * 200_000) == ["RM116"]
    assert time.process_time() - start < 1


def test_both_parsers_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where libyaml is missing the pure parser takes over."""
    texts = [
        "a: @x\n",
        "a: b: c\n",
        "a:\n\t- b\n",
        "a: 'x\n",
        "a: [1\n",
        "a: *x y* z\n",
        "a\nb: 1\n",
        "a: - b\n",
        'a: "\\q"\n',
    ]
    fast = [codes(text) for text in texts]
    monkeypatch.setattr(reading, "_Loader", yaml.SafeLoader)
    assert [codes(text) for text in texts] == fast


@given(st.text(alphabet="ab:-[]{},&*!|>'\"%@`#?<~ \n\t${}0159._", max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    report = Report()
    node = read(Source("s.yaml", text), report)
    assert node is not None or report.failed
    assert all(draw(d) for d in report.items)


@given(st.binary(max_size=60))
def test_no_bytes_break_it(data: bytes) -> None:
    report = Report()
    source = decode("s.yaml", data, report)
    assert (source is None) == report.failed
    if source is not None:
        read(source, report)
        assert all(draw(d) for d in report.items)


_SEPARATORS = ("\x85", "\u2028", "\u2029")


@pytest.mark.parametrize("char", _SEPARATORS)
def test_what_ended_a_line_in_old_yaml_is_text(char: str) -> None:
    """YAML 1.2 ends lines at LF, CR and CR LF alone, and so does every editor."""
    node = tree(
        f"# note{char}seconds: 4\n"
        f"plain: A park{char}    at dawn\n"
        f"'single': 'a{char}  b'\n"
        f'double: "a{char}  b"\n'
        f"folded: >-\n  a dawn{char}with\n  kites\n"
        f"literal: |-\n  a dawn{char}with\n  kites\n"
        f"ke{char}y: &x [a{char}b]\n"
        f"last: *x\n"
    )
    assert plain(node) == {
        "plain": f"A park{char}    at dawn",
        "single": f"a{char}  b",
        "double": f"a{char}  b",
        "folded": f"a dawn{char}with kites",
        "literal": f"a dawn{char}with\nkites",
        f"ke{char}y": [f"a{char}b"],
        "last": [f"a{char}b"],
    }
    assert str(node.keys["last"].span) == "s.yaml:12:1"


def test_a_text_may_hold_separators_and_every_character_that_could_stand_for_them() -> None:
    private = "".join(map(chr, range(0xE000, 0xE010)))
    assert tree(f"a: '{private}\u2028\x85'\nb: 1\n").text("a") == f"{private}\u2028\x85"


def test_a_mistake_behind_a_separator_is_shown_where_it_is() -> None:
    report = Report()
    read(Source("s.yaml", "shots:\n  s:\n    prompt: A park\u2028    seconds: 9\n"), report)
    (found,) = report.items
    assert (found.code, str(found.span)) == ("RM120", "s.yaml:3:31")
    assert "A park\\u2028    seconds" in draw(found)


@pytest.mark.parametrize(
    ("char", "name"),
    [
        ("\xa0", "U+00A0 (no-break space)"), ("\u2028", "U+2028 (line separator)"), ("\u3000", "U+3000"),
        ("\u200b", "U+200B (zero width space)"), ("\u202f", "U+202F (narrow no-break space)"), ("\x85", "U+0085"),
    ],
)  # fmt: skip
def test_a_blank_that_is_no_space_does_not_indent(char: str, name: str) -> None:
    for text in (f"a:\n {char}b: 1\n", f"a:\n  b: 1\n{char}{char}c: 1\n", f"a:\n  b: x\n{char}c\n  d: 1\n"):
        report = Report()
        read(Source("s.yaml", text), report)
        found = report.sorted()[0]
        assert (found.code, name in found.message) == ("RM105", True), draw(found)


def test_no_break_spaces_stay_in_texts_and_are_shown() -> None:
    assert tree("a: Prix\xa0! 5\xa0€\n").text("a") == "Prix\xa0! 5\xa0€"
    report = Report()
    read(Source("s.yaml", "a: 5\xa0€\na: 1\n"), report)
    assert "a: 5\\xa0€" in draw(report.items[0])


@pytest.mark.parametrize("char", ["\ufeff", "\x84", "\x9f", "\x0b", "\x7f"])
def test_what_yaml_forbids_is_named(char: str) -> None:
    report = Report()
    assert read(Source("s.yaml", f"a: 1\nb: x{char}y\n"), report) is None
    assert (report.items[0].code, str(report.items[0].span)) == ("RM103", "s.yaml:2:5")
    assert f"U+{ord(char):04X}" in report.items[0].message


def test_a_lone_carriage_return_ends_a_line_here_too() -> None:
    found = tree("a: 1\rb:\r  c: x\r\nd: 2\n")
    assert [str(found.keys[key].span) for key in ("b", "d")] == ["s.yaml:2:1", "s.yaml:4:1"]
