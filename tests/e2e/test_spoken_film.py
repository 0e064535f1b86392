"""A film with stills, an edit, lines that set the lengths and music, ordered from `serve-fake` by our own providers:
made once, paid once, and another line makes what hangs on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from reelmake.store.journal import LocalJournal
from reelmake.store.local import LocalStore
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.folder import Folder

BOARD = """\
reelmake: 1
providers:
  pics: {{kind: openai-images, base_url: "{at}/v1", api_key: "${{env:FAKE_KEY}}"}}
  clips: {{kind: openai-videos, base_url: "{at}/v1", api_key: "${{env:FAKE_KEY}}", options: {{list_lag: 0}}}}
  tts: {{kind: openai-speech, base_url: "{at}/v1", api_key: "${{env:FAKE_KEY}}"}}
  eleven: {{kind: elevenlabs, base_url: "{at}", api_key: "${{env:FAKE_KEY}}"}}
tiers:
  picture: {{provider: pics, model: gpt-image-2, size: 320x192, price: 0.04}}
  voice: {{provider: tts, model: tts-1, price: 0.015}}
  told: {{provider: eleven, model: eleven_v3, price: 0.015}}
  bed: {{provider: eleven, model: music_v1, price: 0.1}}
  final: {{provider: clips, model: make-believe, price: 0.1, size: 320x192, seconds: 2}}
defaults: {{tier: final, still: picture, speech: voice, voice: narrator}}
characters:
  maya: {{look: "Maya, nine, red raincoat", voice: maya-voice}}
voices:
  narrator: {{voice: alloy}}
  maya-voice: {{voice: nova, tier: told}}
stills:
  sheet: {{prompt: "A sheet of ${{maya}}."}}
  key: {{prompt: "${{maya}} flies a kite.", references: [sheet]}}
  dusk: {{edit: key, prompt: The same at dusk.}}
shots:
  park: {{prompt: She runs., image: {{still: key}}, say: "We planted the first roof.", seconds: auto}}
  close: {{prompt: "Close-up of ${{maya}}.", image: {{still: dusk}}, say: {{maya: "{words}"}}, seconds: auto}}
cut: [park, close]
sound:
  music: {{prompt: "Hopeful strings", tier: bed, gain: -14, duck: 8}}
captions: {{from: say}}
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeServer]:
    with FakeServer(ServerOptions(takes=0.1, bill=tmp_path / "bill")) as running:
        yield running


def write(project: Folder, server: FakeServer, words: str = "And the bees came back.") -> None:
    project.env["FAKE_KEY"] = "any"
    project.write("storyboard.yaml", BOARD.format(at=server.address, words=words))


def billed(server: FakeServer) -> Decimal:
    return sum((Decimal(str(line["usd"])) for line in server.bill), Decimal(0))


def test_it_is_made_once_and_the_ledger_is_the_bill(project: Folder, server: FakeServer) -> None:
    write(project, server)
    done = project.run("build", "--yes", "--json").expect()
    assert done.json["generated"] == 8
    operations = Counter(line["operation"] for line in server.bill)
    assert operations == {"image": 1, "image-edit": 2, "speech": 2, "music": 1, "create": 2}
    state = project.root / ".reelmake"
    assert LocalJournal(state / "journal").ledger().spent == billed(server)
    assert not list((state / "answers").iterdir())
    told = {take.model: take.facts.words for take in LocalStore(state).takes() if take.kind == "speech"}
    assert [word.text for word in told["eleven_v3"]] == ["And", "the", "bees", "came", "back."]
    assert told["tts-1"] == ()
    again = project.run("build", "--yes", "--json").expect()
    assert (again.json["generated"], again.json["reused"], len(server.bill)) == (0, 8, 8)


def test_another_line_makes_what_hangs_on_its_length(project: Folder, server: FakeServer) -> None:
    write(project, server)
    project.run("build", "--yes").expect()
    before = len(server.bill)
    write(project, server, "And all the bees and all the birds came back to us at last.")
    project.run("build", "--yes").expect()
    assert Counter(line["operation"] for line in server.bill[before:]) == {"speech": 1, "create": 1, "music": 1}


@pytest.mark.parametrize("word", ["drop", "content:cut", "content:empty"])
def test_a_lost_line_is_told_and_never_said_again(word: str, project: Folder, server: FakeServer) -> None:
    write(project, server)
    server.instruct(faults=(f"{word}@1",))
    ended = project.run("build", "--yes", "--json").expect(1)
    (failed,) = ended.json["failed"]
    assert failed["code"] == "RM915"
    lost = Counter(line["prompt"] for line in server.bill)
    project.run("build", "--yes", "--json").expect(1)
    again = Counter(line["prompt"] for line in server.bill)
    assert set(again.values()) == {1}
    assert lost.keys() <= again.keys()
