"""A stranger's words in every place where a text may stand, through what the workflow of a pull request does with them.

Places come from the schema of the language, so a new key is tried as soon as it is there. Canaries: a secret in the
environment and files outside; a listener at the stranger's host; a list of all that is outside, before and after.
"""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from reelmake.model.wish import Overrides
from reelmake.session.project import read
from reelmake.session.workspace import Workspace
from tests.e2e.test_hostile_pull_request import KEY, VENDOR
from tests.support.foreign import NAMES, Stranger, stranger
from tests.support.forked import HERE, forker
from tests.support.strangers import HOST, PLANTED, VALUES, Place, board, furnish, outside, places, suffix, with_value

FOREIGN = "api.studio.example"
SAFE = re.compile(r"[\n\t\x20-\x7e\xa0-\u061b\u061d-\u200d\u2010-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\U0010ffff]*")
COMMAND = re.compile(r"^\s*(::|##\[)", re.MULTILINE)  # what a CI obeys
LONGEST = 100_000  # characters that are said of one board
WORKFLOW = (("check", "--draft"), ("build", "--draft"), ("plan", "--format", "markdown"))
PLACES = places()


@dataclass(frozen=True)
class Machine:
    """What runs commands, with canaries in their environment; a user's folder with what reelmake keeps there; and the
    file in which every connection over a network is noted."""

    run: Callable[[Path, Mapping[str, str]], None]
    user: Path
    connections: Path


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    folder = tmp_path_factory.mktemp("machine")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "GITHUB_"))}
    env |= {"PLANTED": PLANTED, "HOME": str(folder / "user"), "NO_COLOR": "1", "CI": "true"}
    env |= {"REELMAKE_KEYS": "PLANTED=https://api.other.example", "PYTHONPATH": f"{NAMES}{os.pathsep}{HERE}"}
    env |= {"FOREIGN_NAMES": FOREIGN, "CONNECTIONS": str(folder / "connections")}
    ours = [sys.executable, "-m", "reelmake", "doctor"]  # which remembers for the user what ffmpeg says of itself
    subprocess.run(ours, env=env, check=False, cwd=HERE, capture_output=True)
    with forker(env) as run:
        yield Machine(run, folder / "user", folder / "connections")


class Ground:
    """Where strangers' folders stand, one beside another, and what is around them."""

    def __init__(self, folder: Path, there: Stranger, machine: Machine) -> None:
        self.folder, self.there, self.machine = folder, there, machine
        self.lines: list[list[tuple[str, list[str], str]]] = []
        self.names: dict[str, str] = {}  # where output went -> what was tried there
        shutil.copytree(machine.user, folder / "user")
        (folder / "user" / ".profile").write_text(PLANTED)
        machine.connections.unlink(missing_ok=True)

    def root(self, name: str) -> Path:
        """The folder of one stranger, with honest files in it and some outside of it."""
        root = self.folder / name.replace(" ", "-").replace("/", "-").replace(":", "") / "film"
        if not root.exists():
            root.mkdir(parents=True)
            furnish(root)
            outside(root.parent / "outside")
        return root

    def board(self, root: Path, document: dict[str, Any], name: str = "") -> str:
        """Writes a storyboard; its name."""
        name = name or f"{len(list(root.glob('board-*.yaml')))}"
        host = f"{self.there.host}:{self.there.port}"
        (root / f"board-{name}.yaml").write_text(json.dumps(document).replace(HOST, host))
        return f"board-{name}.yaml"

    def say(self, root: Path, file: str, what: str, *commands: tuple[str, ...]) -> list[tuple[str, list[str], str]]:
        """The commands on a storyboard, to be run in one process."""
        found = []
        for words in commands:
            into = str(self.folder / f"said-{len(self.names)}")
            self.names[into] = f"{what}: {' '.join(words)}"
            found.append((str(root), [*words, "-f", file], into))
        return found

    def run(self, lines: list[list[tuple[str, list[str], str]]]) -> dict[str, int]:
        """Runs them; how each ended, by where its output went. Fails if any was harmed or has done harm."""
        jobs = self.folder / "jobs"
        jobs.write_text("".join(json.dumps(line) + "\n" for line in lines))
        before = self.around()
        self.machine.run(jobs, {"HOME": str(self.folder / "user")})
        into = [into for line in lines for _, _, into in line]
        wrong = [f"{self.names[each]}: {fault}" for each in into if (fault := _fault(Path(each)))]
        assert not wrong, f"{len(wrong)} of {len(into)}\n" + "\n\n".join(wrong[:20])
        assert self.around() == before
        return {each: int(Path(f"{each}.code").read_text()) for each in into}

    def around(self) -> dict[str, str]:
        """All that is outside of the strangers' folders; what ffmpeg says of itself is anew where it was installed."""
        found = {}
        for path in sorted([*self.folder.glob("*/outside/**/*"), *self.folder.glob("user/**/*")]):
            plain = path.is_file() and not path.is_symlink() and not path.name.startswith("ffmpeg-")
            held = path.read_bytes() if plain else b""
            found[str(path)] = sha256(held).hexdigest()
        return found

    def unharmed(self, *, asked: bool = False) -> None:
        """Nobody was asked, and nothing of outside is inside. `asked`: a provider without a key may have been."""
        log = self.machine.connections
        assert asked or not log.exists(), log.read_text()
        assert asked or self.there.heard == []
        assert PLANTED not in "".join(self.there.heard)
        for path in self.folder.glob("*/film/**/*"):
            if path.is_file() and not path.is_symlink() and not path.name.startswith(("board-", "x.")):
                assert PLANTED.encode() not in path.read_bytes(), path


def _fault(into: Path) -> str:
    """What is wrong with how a command ended, and with what it said; "" = nothing."""
    text, code = into.read_bytes().decode(errors="surrogateescape"), Path(f"{into}.code")
    if not code.exists():
        return f"it did not end\n{text[-2000:]}"
    if code.read_text() not in ("0", "1", "2", "3"):
        return f"it ended with {code.read_text()}"
    if "Traceback" in text or PLANTED in text or COMMAND.search(text):
        return text[-2000:]
    if not SAFE.fullmatch(text):
        return ascii(text[-2000:])
    return f"{len(text)} characters: {text[:2000]}" if len(text) > LONGEST else ""


@pytest.fixture
def ground(tmp_path: Path, machine: Machine) -> Iterator[Ground]:
    with stranger(FOREIGN) as there:
        yield Ground(tmp_path, there, machine)


def tried(ground: Ground, value: str, place: Place) -> tuple[Path, str]:
    """One value in one place."""
    root = ground.root(value)
    return root, ground.board(root, with_value(board(), place, VALUES[value](root, suffix(place))))


def profile(place: Place) -> tuple[str, ...]:
    return ("--profile", "web") if place[0] == "profiles" else ()


def test_some_words_in_some_places(ground: Ground) -> None:
    """Every value once."""
    names = list(VALUES)
    commands = []
    for n, value in enumerate(names):
        place = list(PLACES)[(n * 97) % len(PLACES)]
        commands += ground.say(*tried(ground, value, place), f"{value} at {place}", ("check", *profile(place)))
    ended = ground.run([commands])
    ground.unharmed()
    assert set(ended.values()) == {0, 2}


@pytest.mark.slow
@pytest.mark.parametrize("value", VALUES)
def test_a_value_in_all_places(ground: Ground, value: str) -> None:
    """It is checked in each alone; where it passes it is built, in as many as go together."""
    where, lines = {}, [[], []]
    for n, (place, free) in enumerate(PLACES.items()):
        if (place[0] == "profiles" or not free) and (n + len(value)) % 8:  # there all values are much the same
            continue
        said = ground.say(*tried(ground, value, place), f"{value} at {place}", ("check", *profile(place)))
        where[said[0][2]] = place
        lines[n % 2] += said
    fine = [where[into] for into, code in ground.run(lines).items() if code == 0]
    root = ground.root(value)
    names, what = list(together(ground, root, value, fine)), f"{value} in many places"
    built = ground.run([ground.say(root, name, what, *WORKFLOW) for name in names[:3]])
    ground.unharmed()
    assert bool(fine) is (value != "half a letter")  # which is no text at all
    assert not fine or 0 in built.values()
    ground.run([ground.say(root, name, what, ("build", "--yes")) for name in names[:1]])
    ground.unharmed(asked=True)


SAID = (
    "outside", "a variable", "a variable in words", "commands to a terminal", "commands to a workflow",
    "nothing between", "a format", "an address", "markup",
)  # fmt: skip


CALL = {"path": "/x/$id", "query": {"c": "x"}}
WHOLE = VENDOR | {
    "title": "x", "source": "x", "as_of": "2026-01-01", "headers": {"c": "x"}, "cancel": CALL, "remove": CALL,
    "upload": {"path": "/up", "url": "url", "field": "file"}, "credit": {"path": "/credit", "at": "x"},
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("value", SAID)
def test_a_value_in_all_places_of_a_vendors_file(ground: Ground, value: str) -> None:
    """It is checked as a draft and in earnest, and where it passes it is asked, without a key."""
    root, found = ground.root(value), dict[str, tuple[str, Place]]()
    lines: list[list[tuple[str, list[str], str]]] = [[], []]
    for n, place in enumerate(places("provider-1")):
        vendor = with_value(copy.deepcopy(WHOLE), place, VALUES[value](root, suffix(place)))
        (root / f"{n}.yaml").write_text(json.dumps(vendor).replace("ADDRESS", ground.there.address).replace(KEY, "x"))
        document = board() | {"providers": {"p": {"kind": f"{n}.yaml"}}, "tiers": {"t": {"provider": "p"}}}
        document["shots"]["a"]["tier"] = "t"
        name = ground.board(root, document)
        said = ground.say(root, name, f"{value} at {place}", ("check", "--draft"), ("check",), ("plan",))
        found[said[1][2]] = (name, place)
        lines[n % 2] += said
    ended = ground.run(lines)
    ground.unharmed()
    fine = [found[into] for into in found if ended[into] == 0]
    assert fine
    ground.run([[each for name, at in fine for each in ground.say(root, name, str(at), ("build", "--yes"))]])
    ground.unharmed(asked=True)


def together(ground: Ground, root: Path, value: str, fine: list[Place]) -> Iterator[str]:
    """Storyboards in which the value stands in as many of the places as one may have it in."""
    left = [place for place in fine if place[0] != "profiles"]
    while left:
        document, held, later = board(), [], list[Place]()
        for place in left:
            more = with_value(copy.deepcopy(document), place, VALUES[value](root, suffix(place)))
            if not held or read(Workspace(root / ground.board(root, more, "tried"), Overrides(draft=True))).script.ok:
                document = more
                held.append(place)
            else:
                later.append(place)
        yield ground.board(root, document)
        left = later
