"""Picks: the records of reelmake.lock that one storyboard and profile see, and what is wished for beyond them.

Knows nothing of what storyboards say, nothing of graphs, and nothing of the file's format (that is store/lockfile.py).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, unquote

from reelmake.diagnostics import Diagnostic, Note, Source
from reelmake.errors import LocalTool, Mistake
from reelmake.model.take import Record
from reelmake.model.wish import STORYBOARD

UNDECIDED = "RM985"


class Picks:
    """The lock file at `path`, called `shown` in messages, changed under the lock at `hold`.

    `wishes`: takes that are wanted beyond what it says, by address. Another storyboard of the folder, and another
    profile, has shots of its own, maybe by the same names: "teaser.yaml:park@hd" is what the file calls `park` of
    teaser.yaml in the profile `hd`; storyboard.yaml is not named. Lines of a storyboard that is gone, maybe renamed,
    are read as ours where we have none, and stay until ours say as much.
    """

    def __init__(
        self,
        path: Path,
        shown: str,
        hold: Path,
        storyboard: str = STORYBOARD,
        profile: str = "",
        wishes: Mapping[str, Record] = {},
    ) -> None:
        self.path = path
        self._hold = hold
        self.shown = shown
        self.wishes = wishes
        self._profile = profile
        self._lead = f"{quote(storyboard, safe='')}:" if storyboard != STORYBOARD else ""
        self._tail = f"@{profile}" if profile else ""
        self._text, self._records = "", dict[str, Record]()  # as the file was read last

    def records(self) -> dict[str, Record]:
        """By address, as the file says now, with the wishes. Raises Mistake if the file is not ours."""
        found, everything = dict[str, Record](), self.everything()
        for name, record in everything.items():
            lead, shot, tail = _parts(name)
            if tail == self._tail and (
                lead == self._lead or (self._named(shot) not in everything and self._gone(lead))
            ):
                found[shot] = replace(record, shot=shot)
        for shot, wish in self.wishes.items():
            record = found.get(shot, Record(shot))
            found[shot] = replace(_picking(record, wish.picks), wishes={**record.wishes, **wish.wishes})
        return found

    def everything(self) -> dict[str, Record]:
        """The whole file, all profiles, addresses as they stand there. Raises Mistake."""
        from reelmake.store import lockfile

        try:
            text = self.text()
        except FileNotFoundError:
            return {}
        except (LocalTool, OSError, UnicodeDecodeError) as error:
            hint = "; ".join(error.next_steps) if isinstance(error, LocalTool) else ""
            raise Mistake.of("RM620", f"{self.shown} cannot be read: {error}", hint=hint) from error
        if text != self._text:  # it is asked for several times in a plan
            records, problems = lockfile.read(text, self.shown)
            if problems:
                raise Mistake(problems)
            self._text, self._records = text, records
        return dict(self._records)

    def text(self) -> str:
        """The file's. Raises FileNotFoundError, OSError, UnicodeDecodeError, LocalTool."""
        from reelmake.store import lockfile
        from reelmake.store.premises import Premises

        if Premises(self.path.parent).stat(self.path.name).st_size > lockfile.LARGEST:
            raise LocalTool(f"it is larger than {lockfile.LARGEST // 1_000_000} MB")
        return self.path.read_text(encoding="utf-8")

    def made(self) -> dict[str, Collection[str]]:
        """All takes that the file names, whichever shot and profile for: digests by key, the one that has a number
        first. Raises Mistake."""
        found: dict[str, dict[str, None]] = {}
        records = [*self.records().values(), *self.everything().values()]
        numbered = [take for record in records for take in record.takes.values()]
        for key, digest in (*numbered, *(take for record in records for take in record.others)):
            found.setdefault(key, {})[digest] = None
        return {key: tuple(digests) for key, digests in found.items()}

    def by_order(self) -> dict[str, tuple[int, int]]:
        """Order -> (take picked or 0, takes wished for or 0), whichever shot and profile it was chosen for.

        Of two picks that of our own storyboard, of the default profile and then of the first address wins; of two
        wishes the larger.
        """

        def rank(known: tuple[str, Record]) -> tuple[bool, bool, str]:
            lead, _, tail = _parts(known[0])
            return lead != self._lead, tail != "", known[0]

        found: dict[str, tuple[int, int]] = {}
        for _, record in sorted(self.everything().items(), key=rank):
            for order in {**record.picks, **record.wishes}:
                pick, takes = found.get(order, (0, 0))
                found[order] = (pick or record.picks.get(order, 0), max(takes, record.wishes.get(order, 0)))
        return found

    def followers(self, orders: Collection[str]) -> list[str]:
        """Other storyboards of the folder that have built one of these orders and picked none of its takes: they use
        the one that is picked here. Raises Mistake."""
        found: dict[str, set[str]] = {}
        picked: set[tuple[str, str]] = set()
        for name, record in self.everything().items():
            lead, _, _ = _parts(name)
            found.setdefault(lead, set()).add(record.order)
            picked |= {(lead, order) for order in record.picks}
        open_ = {lead for lead, built in found.items() if any((lead, o) not in picked for o in built & {*orders})}
        return sorted(_storyboard(lead) for lead in open_ - {self._lead} if not self._gone(lead))

    def undecided(self, orders: Mapping[str, str]) -> list[Diagnostic]:
        """Which of these shots (address -> its present order) have a take that one branch picked, and another that
        another one did, and who did. Raises Mistake."""
        from reelmake.store import lockfile
        from reelmake.store.git_locks import wrote

        everything, found = self.everything(), []
        open_ = {order: name for name, r in sorted(everything.items(), reverse=True) for order in r.rivals}
        decided = {order for record in everything.values() for order in record.picks}
        for shot, order in orders.items():
            own = everything.get(self._named(shot), Record(shot))
            if order not in open_ or order in own.picks or (order in decided and order not in own.rivals):
                continue
            name = self._named(shot) if order in own.rivals else open_[order]  # or of what it was called before
            takes, profile = everything[name].rivals[order], f" --profile {self._profile}" if self._profile else ""
            places = lockfile.places(Source(self.shown, self._text), name)
            who = wrote(self.path) if len(places) > 1 else {}
            said = f'of "{shot}", takes {" and ".join(map(str, takes))} are picked, on branches that were merged'
            ways = " or ".join(f"`reelmake pick {shot} {take}{profile}`" for take in takes)
            hint = f"{ways} decides; `reelmake takes {shot}{profile}` shows them"
            lines = [place.source.line(place.at[0]) for place in places]
            notes = [Note(f"by {who[line]}", place) for line, place in zip(lines, places, strict=True) if line in who]
            notes = notes or [Note("and here", place) for place in places[1:]]
            found.append(Diagnostic(UNDECIDED, said, next(iter(places), None), tuple(notes), hint))
        return found

    def update(self, change: Callable[[dict[str, Record]], Mapping[str, Record]]) -> None:
        """Reads the records, changes them and writes the file if it says something else now, in one go: two who do so
        at once lose nothing. Records of other storyboards and profiles stay as they are."""
        from reelmake.store import lockfile
        from reelmake.store.hold import Hold

        with Hold(self._hold):
            records = change(self.records())
            said = {fact for record in records.values() for fact in _facts(record)}
            kept = {name: record for name, record in self.everything().items() if self._stays(name, record, said)}
            mine = {self._named(shot): replace(record, shot=self._named(shot)) for shot, record in records.items()}
            lockfile.save(self.path, {**kept, **mine})

    def pick(self, orders: Mapping[str, str], take: int) -> None:
        """Notes for each shot (address -> its present order) that this take is used."""

        def picked(records: dict[str, Record]) -> dict[str, Record]:
            for shot, order in orders.items():
                records[shot] = _picking(records.get(shot, Record(shot)), {order: take})
            return records

        self.update(picked)

    def _named(self, shot: str) -> str:
        """What the file calls a shot of ours."""
        return f"{self._lead}{shot}{self._tail}"

    def _stays(self, name: str, record: Record, said: AbstractSet[object]) -> bool:
        """Does a line outlive one that is written of ours? `said`: what ours say then."""
        lead, _, tail = _parts(name)
        return (lead, tail) != (self._lead, self._tail) and not (self._gone(lead) and said >= _facts(record))

    def _gone(self, lead: str) -> bool:
        return not self._there(_storyboard(lead))

    def _there(self, storyboard: str) -> bool:
        return (self.path.parent / storyboard).exists()


def _parts(name: str) -> tuple[str, str, str]:
    """What the file calls a shot, as its storyboard ("" or "teaser.yaml:"), its address, its profile ("" or "@hd")."""
    lead, colon, rest = name.rpartition(":")
    shot, at, profile = rest.partition("@")
    return lead + colon, shot, at + profile


def _storyboard(lead: str) -> str:
    return unquote(lead.removesuffix(":")) or STORYBOARD


def _facts(record: Record) -> set[object]:
    """All that a line says that could be lost with it."""
    return {
        *record.takes.values(),
        *record.others,
        *record.picks.items(),
        *record.rivals.items(),
        *record.wishes.items(),
    }


def _picking(record: Record, picks: Mapping[str, int]) -> Record:
    """With takes picked (order -> number), whatever branches said of those orders."""
    rivals = {order: takes for order, takes in record.rivals.items() if order not in picks}
    return replace(record, picks={**record.picks, **picks}, rivals=rivals)


class FixedPicks(Picks):
    """What is chosen holds, and nothing is noted: of takes that only stand in for others."""

    def update(self, change: Callable[[dict[str, Record]], Mapping[str, Record]]) -> None:
        return None


class NoPicks(FixedPicks):
    """Nobody chooses, as among the takes of drafts: no lock file is read or written."""

    def everything(self) -> dict[str, Record]:
        return {}


class LoosePicks(NoPicks):
    """Nobody chooses among the takes of loose shots; but what the file names is believed for them, too."""

    def made(self) -> dict[str, Collection[str]]:
        """See Picks; nothing if the file cannot be read, which is no matter of theirs."""
        with suppress(Mistake):
            return Picks(self.path, self.shown, self._hold).made()
        return {}
