"""Whose word is taken for what an order gave, and for how long: real keys, a shared store in a folder."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from reelmake.errors import StepError
from reelmake.model.offer import Offer
from reelmake.model.take import PINNED, Facts, SpokenWord, Take
from reelmake.plan.key import digest
from reelmake.store import entry, signing
from reelmake.store.entry import offered
from reelmake.store.folder_shelf import FolderShelf, SharedFolder
from reelmake.store.local import LocalStore
from tests.support.signer import made_key, public, put, share

Trust = Mapping[str, str]
NOBODY: Trust = {}


class Team:
    """A shared store, and two who have keys; `maya` is trusted, as a rule."""

    def __init__(self, root: Path) -> None:
        self.root, self.folder = root, root / "shared"
        self.maya, self.eve = made_key(root / "maya"), made_key(root / "eve")
        self.trust: Trust = {public(self.maya): "maya"}
        self.hers = LocalStore(root / "hers")
        self.mine = LocalStore(root / "mine", further=[SharedFolder(self.folder)])

    def clip(self, data: bytes = b"clip", prompt: str = "a kite", made: str = "2026-11-30T10:00:00Z") -> Take:
        """Made and paid for, by somebody."""
        pairs = (("prompt", prompt),)
        store = LocalStore(self.root / f"of {data.decode()}")
        file = store.scratch(".mp4")
        file.write_bytes(data)
        take = store.keep(file, Take(digest(pairs), "", "shot", ".mp4", Facts(0), pairs, made=made), durable=False)
        store.path(take).chmod(0o644)
        target = self.hers.path(take)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        return take

    def offer(self, take: Take, by: Path | None = None) -> Offer:
        return signing.SigningKey(str(by)).sign([offered(take)], self.root)[0] if by else offered(take)

    def found(self, key: str, trust: Trust | None = None, pins: Mapping[str, Collection[str]] = {}) -> Take | None:
        self.mine.believe(pins, self.trust if trust is None else trust)
        return self.mine.elsewhere([key]).get(key)

    def brought(self, key: str, trust: Trust | None = None, pins: Mapping[str, Collection[str]] = {}) -> Take:
        take = self.found(key, trust, pins)
        assert take
        return asyncio.run(self.mine.bring(take, lambda fraction, note: None))

    def used(self, key: str, trust: Trust = NOBODY, pins: Mapping[str, Collection[str]] = {}) -> Take | None:
        self.mine.believe(pins, trust)
        assert self.mine.record(key)
        return self.mine.find(key)


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path)


def test_what_somebody_trusted_has_signed_is_taken_and_nothing_else(team: Team) -> None:
    made, other = team.clip(), team.clip(b"other", "a tram")
    share(team.folder, team.hers, made, key=team.maya)
    share(team.folder, team.hers, other)
    found = team.found(made.key)
    assert found == replace(made, by=public(team.maya))
    assert team.mine.whence(found) == f"made by maya, brought from file://{team.folder}"
    assert team.found(other.key) is None
    assert team.found(made.key, {}) is None
    assert team.found(made.key, {public(team.eve): "eve"}) is None
    team.brought(made.key)
    assert team.used(made.key, team.trust) == found


def test_what_the_lock_file_names_needs_nobody(team: Team) -> None:
    made = team.clip()
    share(team.folder, team.hers, made)
    found = team.found(made.key, {}, {made.key: [made.digest]})
    assert found == replace(made, by=PINNED)
    assert team.mine.whence(found) == ""
    assert team.found(made.key, {}, {made.key: ["0" * 64]}) is None


def test_the_lock_file_goes_before_a_signature(team: Team) -> None:
    """Whoever is trusted has not the last word about what is already chosen."""
    made = team.clip()
    share(team.folder, team.hers, made, key=team.maya)
    pins = {made.key: ["0" * 64]}
    assert team.found(made.key, pins=pins) is None
    team.brought(made.key)
    assert team.used(made.key, team.trust, pins) is None


def test_what_a_branch_believed_by_trusting_itself_is_nothing_on_another(team: Team) -> None:
    """Eve's branch trusts Eve, or its lock file names her bytes, and a colleague or CI builds it once. On main, with
    the same store, her take is not found; what is trusted or pinned there is fetched, in its place."""
    evil, good = team.clip(b"evil"), team.clip(b"good", made="2026-11-30T11:00:00Z")
    share(team.folder, team.hers, evil, key=team.eve)
    team.brought(evil.key, {public(team.eve): "eve"})
    assert team.used(evil.key, {public(team.eve): "eve"}) is not None
    assert team.used(evil.key, team.trust) is None
    assert team.used(evil.key, team.trust, {evil.key: [good.digest]}) is None
    assert team.used(evil.key, {}, {evil.key: [evil.digest]}) is not None  # as long as a lock file says so
    share(team.folder, team.hers, good, key=team.maya)
    assert team.brought(good.key).digest == good.digest
    assert team.used(good.key, team.trust) is not None

    pinned = team.clip(b"pinned", "another")
    share(team.folder, team.hers, pinned)
    team.brought(pinned.key, {}, {pinned.key: [pinned.digest]})
    assert team.used(pinned.key, team.trust) is None
    assert team.used(pinned.key, {}, {pinned.key: [pinned.digest]}) is not None


def test_whoever_is_taken_off_the_list_is_not_believed_any_more(team: Team) -> None:
    made, named = team.clip(), team.clip(b"named", "a tram")
    share(team.folder, team.hers, made, named, key=team.maya)
    team.brought(made.key)
    team.brought(named.key)
    pins = {named.key: [named.digest]}
    assert team.found(made.key, {}) is None
    assert team.used(made.key, {}, pins) is None
    assert team.used(named.key, {}, pins) is not None


def test_of_several_all_take_the_oldest(team: Team) -> None:
    new, old, same = team.clip(b"new", made="2026-11-30T12:00:00Z"), team.clip(b"old"), team.clip(b"same")
    share(team.folder, team.hers, new, key=team.maya)
    share(team.folder, team.hers, old, same, key=team.eve)
    both = {public(team.maya): "maya", public(team.eve): "eve"}
    found = team.found(old.key, both)
    assert found
    assert found.digest == min(old.digest, same.digest)
    assert team.mine.whence(found) == f"made by eve, the first of 3, brought from file://{team.folder}"
    (team.folder / entry.bytes_of(found)).write_bytes(b"???")
    with pytest.raises(Exception, match="do not match"):
        asyncio.run(team.mine.bring(found, lambda fraction, note: None))
    assert (again := team.found(old.key, both))
    assert again.digest == max(old.digest, same.digest)  # what cannot be had does not stand in the way of the next


def test_of_several_that_the_lock_file_names_all_take_the_one_with_a_number(team: Team) -> None:
    """What it has besides was paid for by somebody else, or before `--remake`: what hangs on it is made of this one."""
    new, old = team.clip(b"new", made="2026-11-30T12:00:00Z"), team.clip(b"old")
    share(team.folder, team.hers, new, old)
    for first, second in ((new, old), (old, new)):
        found = team.found(old.key, pins={old.key: (first.digest, second.digest)})
        assert found
        assert found.digest == first.digest


def text(offer: Offer, **said: object) -> Offer:
    """The same with another text; what stands below it is not touched."""
    given = json.loads(offer.text)
    given.update(said)
    words = json.dumps(given)
    return replace(entry.read(entry.written(replace(offer, text=words))), signatures=offer.signatures)


@pytest.mark.parametrize(
    "forged",
    [
        lambda team, made, other: replace(team.offer(made, team.maya), signatures=()),
        lambda team, made, other: team.offer(made, team.eve),
        lambda team, made, other: replace(offered(made), signatures=team.offer(other, team.maya).signatures),
        lambda team, made, other: text(team.offer(made, team.maya), digest=other.digest),
        lambda team, made, other: text(team.offer(made, team.maya), suffix=".exe"),
        lambda team, made, other: text(team.offer(made, team.maya), kind="still"),
        lambda team, made, other: text(team.offer(made, team.maya), cost="0"),
        lambda team, made, other: text(team.offer(made, team.maya), made="2020-01-01T00:00:00Z"),
        lambda team, made, other: text(team.offer(other, team.maya), key=made.key, manifest=made.manifest),
    ],
    ids=["stripped", "not trusted", "of another entry", "bytes", "suffix", "kind", "cost", "made", "replayed"],
)  # fmt: skip
def test_a_forged_entry_is_not_believed(team: Team, forged: Callable[[Team, Take, Take], Offer]) -> None:
    made, other = team.clip(), team.clip(b"other", "a tram")
    offer = forged(team, made, other)
    assert offer.take.key == made.key
    put(team.folder, offer, b"other")
    assert (team.folder / entry.entry_of(offer.take)).exists()
    assert team.found(made.key) is None


def test_an_entry_is_believed_only_for_the_order_that_it_describes(team: Team) -> None:
    """Signed and whole, and put where the answer to another order is looked for; or with that order's key."""
    made, other = team.clip(), team.clip(b"other", "a tram")
    share(team.folder, team.hers, other, key=team.maya)
    moved = team.folder / entry.folder_of(made.key) / f"{other.digest}.json"
    moved.parent.mkdir(parents=True)
    (team.folder / entry.entry_of(other)).replace(moved)
    assert team.found(made.key) is None
    lied = replace(other, key=made.key)  # by one who is trusted, and mistaken
    put(team.folder, team.offer(lied, team.maya), b"other")
    assert team.found(made.key) is None
    assert team.found(made.key, pins={made.key: [other.digest]}) is None


def test_what_an_order_would_be_sent_by_is_not_taken_over(team: Team) -> None:
    made = replace(team.clip(), remote="job/1", expires="2027-01-01T00:00:00+00:00")
    offer = offered(made)
    forged = text(offer, remote="job/1", expires="2027-01-01T00:00:00+00:00", by=public(team.eve))
    put(team.folder, team_signed(team, forged), b"clip")
    found = team.found(made.key)
    assert found
    assert (found.remote, found.expires, found.by) == ("", "", public(team.maya))


def test_where_it_was_made_is_not_handed_on_and_not_taken_over(team: Team) -> None:
    """It may be an address inside of a network; and who made something up would say that it was made where all is."""
    made = replace(team.clip(), origin="http://10.0.0.5:8000")
    offer = offered(made)
    assert "10.0.0.5" not in offer.text
    put(team.folder, team_signed(team, text(offer, origin="https://api.studio.example")), b"clip")
    found = team.found(made.key)
    assert found
    assert found.origin == ""


def team_signed(team: Team, offer: Offer) -> Offer:
    return signing.SigningKey(str(team.maya)).sign([offer], team.root)[0]


@pytest.mark.parametrize("signatures", [1, 10_000])
def test_ten_thousand_signatures_are_not_all_looked_at(
    team: Team, signatures: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = team.clip()
    (good,) = team.offer(made, team.maya).signatures
    false = replace(good, signature=base64.b64encode(bytes(64)).decode())
    looked: list[object] = []
    monkeypatch.setattr(signing, "_message", lambda text: looked.append(text) or b"")
    put(team.folder, replace(offered(made), signatures=(false,) * signatures), b"clip")
    assert team.found(made.key) is None
    assert 1 <= len(looked) <= 16


def test_without_the_package_nothing_is_believed_but_what_is_pinned(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = team.clip()
    share(team.folder, team.hers, made, key=team.maya)
    monkeypatch.setitem(__import__("sys").modules, "cryptography.exceptions", None)
    assert team.found(made.key) is None
    assert team.found(made.key, pins={made.key: [made.digest]})


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (["A", "kite,", "rising"], True),
        (["a", "KITE"], True),  # what is not spoken, such as a tag, has no word
        (["一", "只", "鸟"], False),
        (["A", "kite", "kite"], False),
        (["rising", "A"], False),
        (["Buy", "now"], False),
    ],
)
def test_words_that_nobody_signed_are_those_of_the_line(team: Team, said: list[str], kept: bool) -> None:
    """Captions are made of them. Notes, which people read, are not taken over at all."""
    words = tuple(SpokenWord(word, Fraction(n), Fraction(n + 1)) for n, word in enumerate(said))
    made = team.clip(prompt="A kite, rising!")
    made = replace(made, facts=replace(made.facts, words=words, notes=("Ask at evil.example.",)))
    put(team.folder, offered(made), b"clip")
    found = team.found(made.key, pins={made.key: [made.digest]})
    assert found
    assert (found.facts.words, found.facts.notes) == (words if kept else (), ())
    put(team.folder, team.offer(made, team.maya), b"clip")
    found = team.found(made.key, pins={made.key: [made.digest]})
    assert found
    assert found.facts == made.facts


def test_a_colleagues_folder_gives_what_he_was_brought(team: Team) -> None:
    """But not his belief."""
    made = team.clip()
    share(team.folder, team.hers, made, key=team.maya)
    team.brought(made.key)
    next_ = LocalStore(team.root / "next", further=[FolderShelf(team.mine.root)])
    next_.believe({}, team.trust)
    assert next_.elsewhere([made.key]) == {}
    next_.believe({made.key: [made.digest]}, {})
    assert next_.elsewhere([made.key])[made.key].by == PINNED


def test_what_is_made_here_takes_the_place_of_what_is_not_believed(team: Team) -> None:
    evil = team.clip(b"evil")
    share(team.folder, team.hers, evil, key=team.eve)
    team.brought(evil.key, {public(team.eve): "eve"})
    team.mine.believe({}, team.trust)
    file = team.mine.scratch(".mp4")
    file.write_bytes(b"mine")
    kept = team.mine.keep(file, replace(evil, digest="", by=""), durable=True)
    assert team.used(evil.key) == kept
    assert team.mine.path(kept).read_bytes() == b"mine"


def test_signatures_are_added_and_what_is_said_is_not_exchanged(team: Team) -> None:
    """So a take that was pushed without a key, or with one that is given up, can be signed later."""
    made = team.clip()
    shelf, file = SharedFolder(team.folder), team.hers.path(made)
    assert asyncio.run(shelf.put(team.offer(made), file)) == "new"
    assert asyncio.run(shelf.put(team.offer(made, team.eve), file)) == "signed"
    assert asyncio.run(shelf.put(team.offer(made, team.maya), file)) == "signed"
    assert asyncio.run(shelf.put(team.offer(made, team.maya), file)) == "there"
    (offer,) = shelf.records({made.key: ()})[made.key]
    assert [each.key for each in offer.signatures] == [public(team.eve), public(team.maya)]
    assert team.found(made.key)
    other = replace(made, made="2020-01-01T00:00:00Z")
    assert asyncio.run(shelf.put(team.offer(other, team.maya), file)) == "there"
    assert shelf.records({made.key: ()})[made.key] == (offer,)


def test_what_nobody_has_signed_gives_way_to_who_made_it(team: Team) -> None:
    """The team takes another bucket, and who was brought a take, less its notes, is the first to push there."""
    made = team.clip()
    made = replace(made, facts=replace(made.facts, notes=("it is 0.1 s shorter than was asked for",)))
    shelf, file = SharedFolder(team.folder), team.hers.path(made)
    brought = replace(made, facts=replace(made.facts, notes=()))
    assert asyncio.run(shelf.put(team.offer(brought), file)) == "new"
    assert not team.found(made.key)
    assert asyncio.run(shelf.put(team.offer(made, team.maya), file)) == "signed"
    assert team.found(made.key) == replace(made, by=public(team.maya))


@pytest.mark.parametrize("suffix", ["/../../../x", "/x", "..", ".mp4/", ".mp4\0", ".mp4\n", "." + "x" * 5000, ".exe"])
def test_no_entry_names_a_place(team: Team, suffix: str) -> None:
    """Even one that the lock file pins: only key and digest are there."""
    made = team.clip()
    words = offered(made).text.replace('".mp4"', json.dumps(suffix))
    (team.folder / entry.folder_of(made.key)).mkdir(parents=True)
    (team.folder / entry.MARK).write_bytes(entry.MARKED)
    data = json.dumps({"take": words, "signatures": []})
    (team.folder / entry.folder_of(made.key) / f"{made.digest}.json").write_text(data)
    before, unfit = {*team.root.rglob("*")}, team.mine.root / "unfit"
    if (found := team.found(made.key, pins={made.key: [made.digest]})) is not None:
        assert suffix == ".exe" or len(suffix) > 200
        with pytest.raises(StepError):
            asyncio.run(team.mine.bring(found, lambda fraction, note: None))
    assert {path for path in {*team.root.rglob("*")} - before if path.is_file()} <= {*unfit.glob("*")}


def test_what_a_take_is_is_what_was_ordered(team: Team) -> None:
    """A line that is called a clip would not be listened to, and its made-up length be paid for."""
    pairs = (("kind", "speech"), ("prompt", "Hello."))
    made = replace(team.clip(), key=digest(pairs), manifest=pairs, kind="speech")
    for kind in ("clip", "speech"):
        put(team.folder, offered(replace(made, kind=kind)), b"clip")
        found = team.found(made.key, pins={made.key: [made.digest]})
        assert (found is not None) == (kind == "speech")
