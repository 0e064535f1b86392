"""Whatever happens to a journal, what it said is either known all the same or a doubt: never nothing.

Known: which orders are open, at which job, and which clips were kept. For who loses any of that pays for it again.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reelmake.model.take import Attempt
from reelmake.store.journal import LocalJournal
from reelmake.store.lines import NUMBER, draw, parse

AT = "2026-11-30T00:00:10+00:00"


def journal(file: Path) -> LocalJournal:
    return LocalJournal(file, utc=lambda: AT)


def small(file: Path) -> bytes:
    """An order that was kept, one that is open, one without an answer, one that failed."""
    made = journal(file)
    for n in range(4):
        made.intend(Attempt(f"k{n}", f"t{n}", "p", f"s{n}", at=AT, cost=Decimal(1), order="{}"))
    made.submitted("t0", "j0")
    made.kept("t0", "k0", "d0", None)
    made.submitted("t1", "j1")
    made.submitted("t3", "j3")
    made.closed("t3", "failed", "it broke")
    return file.read_bytes()


def known(found: LocalJournal) -> Any:
    opened = {(a.token, a.remote) for a in found.open()}
    kept = {(key, a.token, a.remote) for key, a in found.delivered().items()}
    return opened, kept, found.remotes(), {key: [e.outcome for e in ends] for key, ends in found.endings().items()}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def check(file: Path, changed: bytes, whole: Any, what: object) -> None:
    file.write_bytes(changed)
    found = journal(file)
    assert found.doubts() or known(found) == whole, what


def lines(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


@pytest.mark.slow
def test_a_flipped_bit_anywhere(file: Path) -> None:
    data = small(file)
    whole = known(journal(file))
    for place, bit in itertools.product(range(len(data)), range(8)):
        changed = bytearray(data)
        changed[place] ^= 1 << bit
        check(file, bytes(changed), whole, (place, bit))


def test_cut_off_anywhere(file: Path) -> None:
    data = small(file)
    whole = known(journal(file))
    for length in range(len(data)):
        check(file, data[:length], whole, length)
        if length < len(data) - 1:  # without its very last byte nothing is lost
            assert journal(file).doubts(), length


def altered(data: bytes) -> Iterator[tuple[object, list[bytes]]]:
    have = lines(data)
    for n in range(len(have)):
        yield ("gone", n), [*have[:n], *have[n + 1 :]]
        yield ("twice", n), [*have[:n], have[n], *have[n:]]
        yield ("at the end again", n), [*have, have[n]]
        yield ("of zeros", n), [*have[:n], bytes(len(have[n]) - 1) + b"\n", *have[n + 1 :]]
    for a, b in itertools.combinations(range(len(have)), 2):
        swapped = list(have)
        swapped[a], swapped[b] = have[b], have[a]
        yield ("swapped", a, b), swapped
        yield ("gone", a, b), [line for n, line in enumerate(have) if n not in (a, b)]
    yield "all gone", []


def test_lines_that_are_gone_twice_or_elsewhere(file: Path) -> None:
    data = small(file)
    whole = known(journal(file))
    for what, changed in altered(data):
        check(file, b"".join(changed), whole, what)
        healed = isinstance(what, tuple) and what[0] in ("twice", "at the end again", "swapped")
        assert bool(journal(file).doubts()) is not healed, what


def test_without_the_count_all_but_the_end_is_missed(file: Path) -> None:
    """It is written without a sync, so a power cut may take it."""
    data = small(file)
    whole = known(journal(file))
    count = file.with_name("journal.end")
    for what, changed in altered(data):
        last = isinstance(what, tuple) and what[0] == "gone" and max(what[1:]) == len(lines(data)) - 1
        if what != "all gone" and not last:
            count.unlink(missing_ok=True)
            check(file, b"".join(changed), whole, what)
    count.write_bytes(b"00000003 12345678\n")
    assert journal(file).doubts() == {}


def test_a_doubt_stays_whatever_is_written_until_a_person_settles_it(file: Path) -> None:
    data = lines(small(file))
    del data[1]  # the intent of t1, which is open
    file.write_bytes(b"".join(data))
    found = journal(file)
    assert sorted(found.doubts()) == [2, 7]  # it is gone, and its answer tells of nothing
    assert (
        found.doubts()[7]
        == f"belongs to an order whose first line is missing: do submitted, remote j1, at {AT}, token t1"
    )
    found.closed("t2", "dismissed", "by hand")
    assert sorted(journal(file).doubts()) == [2, 7]

    before = file.read_bytes()
    assert sorted(found.settle()) == [2, 7]
    assert file.read_bytes().startswith(before)
    assert found.doubts() == journal(file).doubts() == {}
    assert journal(file).settle() == {}
    changed = lines(file.read_bytes())
    file.write_bytes(b"".join(changed[:-1]))  # what said so is gone
    assert sorted(journal(file).doubts()) == [2, 7, 11]


def test_two_tails_are_both_there(file: Path) -> None:
    """A copy went on by itself, and somebody merged the two: nothing of either is lost."""
    data = small(file)
    made = journal(file)
    made.submitted("t2", "j2")
    one = lines(file.read_bytes())
    file.write_bytes(data)
    other = journal(file)
    other._lines._last = len(lines(data))  # a clone has a count of its own
    other.intend(Attempt("k9", "t9", "p", "s9", at=AT, order="{}"))
    file.write_bytes(b"".join([*lines(file.read_bytes()), *one[len(lines(data)) :]]))
    merged = journal(file)
    assert merged.doubts() == {}
    assert {(a.token, a.remote) for a in merged.open()} == {("t1", "j1"), ("t2", "j2"), ("t9", "")}


def unnumbered(data: bytes) -> list[bytes]:
    """As an earlier version wrote it."""
    records = [parse(line.rstrip(b"\n")) or {} for line in lines(data)]
    return [draw({name: value for name, value in record.items() if name != NUMBER}) for record in records]


def test_a_journal_of_an_earlier_version_goes_on(file: Path) -> None:
    old = unnumbered(small(file))
    file.with_name("journal.end").unlink()
    file.write_bytes(b"".join(old))
    found = journal(file)
    assert found.doubts() == {}
    found.submitted("t2", "j2")
    assert journal(file).doubts() == {}
    assert {(a.token, a.remote) for a in journal(file).open()} == {("t1", "j1"), ("t2", "j2")}

    whole = known(journal(file))
    data = lines(file.read_bytes())
    for n in range(len(old)):  # now that they are counted
        check(file, b"".join([*data[:n], *data[n + 1 :]]), whole, n)
        check(file, b"".join([*data[:n], b"x" + data[n], *data[n + 1 :]]), whole, n)


def test_a_damaged_line_of_an_earlier_version_is_a_doubt_and_a_torn_tail_is_none(file: Path) -> None:
    old = unnumbered(small(file))
    for tail in (b"", b'8d 0badcafe {"do":"submi'):
        file.with_name("journal.end").unlink(missing_ok=True)
        file.write_bytes(b"".join(old) + tail)
        assert journal(file).doubts() == {}
        journal(file).submitted("t2", "j2")  # goes on behind it
        assert journal(file).doubts() == {}

        file.with_name("journal.end").unlink()
        file.write_bytes(b"".join([*old[:1], b"x" + old[1], *old[2:]]) + tail)
        assert set(journal(file).doubts()) >= {2}
        journal(file).closed("t2", "dismissed", "by hand")
        assert set(journal(file).doubts()) >= {2}
        journal(file).settle()
        assert journal(file).doubts() == {}


def test_what_is_whole_and_not_understood_is_a_doubt(file: Path) -> None:
    made = journal(file)
    made._lines.append({"do": "intend", "token": "t", "shot": "park"})
    made._lines.append({"do": "of a later version", "token": "t"})
    assert journal(file).doubts() == {1: "is intact, but not understood: do intend, shot park, token t"}


@pytest.mark.parametrize("cost", ["NaN", "Infinity", "-5", 3])
def test_a_cost_that_nothing_can_have_is_a_doubt(file: Path, cost: object) -> None:
    small(file)
    made = journal(file)
    before, token = made.ledger(), made.entries()[0].attempt.token
    made._lines.append({"do": "submitted", "token": token, "remote": "r", "at": "", "cost": cost})
    found = journal(file)
    assert len(found.doubts()) == 1
    assert found.ledger() == before
