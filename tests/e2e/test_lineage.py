"""The record beside each output: complete, true in every digest, written only when it says something new."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reelmake.plan.key import digest
from reelmake.store.local import LocalStore
from tests.support.desk import KEY, Post, post
from tests.support.materials import content

pytestmark = pytest.mark.slow

HEAD = """\
reelmake: 1
providers:
  studio: {kind: openai-videos, base_url: "URL", api_key: "${env:STUDIO_KEY}", options: {allow_private: true}}
  drawn: {kind: sketch}
tiers:
  final: {provider: studio, model: reel-9, price: 0.10}
  draft: {provider: drawn}
"""
FREE = HEAD + "defaults: {tier: draft, size: 128x72, seconds: 0.5}\n"
ONE = FREE + "shots:\n  a: {prompt: A kite.}\noutputs: {cut.mp4: {}}\n"
OLD = FREE + "shots: {old: {prompt: An old film.}}\noutputs: {old.mp4: {}}\n"
FILM = (
    HEAD
    + """\
defaults: {tier: final, speech: draft, size: 128x72, seconds: 1}
stills: {kite: {prompt: A kite., tier: draft}}
shots:
  park: {prompt: A park., image: {still: kite}, look: warm.cube, say: Good morning.}
  pond: {continue: park, prompt: It rains.}
  hill: {image: refs/hill.png, prompt: A hill., tier: draft, takes: 2, pick: 2}
  red: {color: red, seconds: 0.5}
  old: {file: old.mp4}
cut: [{shot: park, title: {text: Morning, font: own.ttf}}, pond, hill, red, old]
sound: {music: {prompt: Slow piano., tier: draft}, tracks: [{file: wind.wav}]}
watermark: {image: mark.png}
captions: {file: words.srt}
outputs: {cut.mp4: {}, live/cut.m3u8: {}, cut.srt: {}, cut.otio: {}, sheet.png: {}}
"""
)
FILES = ("warm.cube", "refs/hill.png", "own.ttf", "wind.wav", "mark.png", "words.srt")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    with post(tmp_path / "film", monkeypatch) as found:
        for name in FILES:
            (found.root / name).parent.mkdir(exist_ok=True)
            (found.root / name).write_bytes(content(name))
        yield found


def board(desk: Post, text: str) -> None:
    (desk.root / "storyboard.yaml").write_text(text.replace("URL", desk.server.base_url))


def lineage(desk: Post, output: str) -> Any:
    return json.loads((desk.root / "build" / f"{output}.lineage.json").read_text())


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def built(desk: Post) -> Any:
    """The outputs of the whole film."""
    board(desk, OLD)
    desk.build().expect()
    shutil.move(desk.root / "build/old.mp4", desk.root / "old.mp4")
    shutil.rmtree(desk.root / "build")
    board(desk, FILM)
    return json.loads(desk.build("--json").expect().stdout)["outputs"]


def test_every_digest_is_what_it_says_and_nothing_is_left_out(desk: Post) -> None:
    outputs = built(desk)
    records = sorted(path.relative_to(desk.root).as_posix() for path in (desk.root / "build").rglob("*.lineage.json"))
    assert records == sorted(said["lineage"] for said in outputs.values() if said["lineage"])
    assert [r[6:-13] for r in records] == ["cut.mp4", "cut.otio", "cut.srt", "live/cut.m3u8", "sheet.png"]
    for name in records:
        text = (desk.root / name).read_text()
        assert KEY not in text
        assert str(desk.root) not in text
        _is_true(desk.root, json.loads(text), outputs)
    _is_complete(lineage(desk, "cut.mp4"))


def _is_true(root: Path, record: Any, outputs: Any) -> None:
    for placed in (record, *record["parts"]):
        assert sha(root / placed["output"]) == placed["sha256"] == outputs[placed["output"]]["sha256"]
    store = LocalStore(root / ".reelmake")
    made = {take["sha256"]: take["shots"] for take in record["takes"]}
    for take in record["takes"]:
        assert digest(tuple(take["order"].items())) == take["key"]
        known = store.find(take["key"])
        assert known
        assert sha(store.path(known)) == take["sha256"]
        for given in take["inputs"]:
            assert given["sha256"] == take["order"][f"input {given['label']}"]
            if "file" in given:
                assert sha(root / given["file"]) == given["sha256"]
            else:
                assert made[given["sha256"]] == given["shots"]
    for file in record["files"]:
        assert sha(root / file["path"]) == file["sha256"]


def _is_complete(record: Any) -> None:
    takes = {"/".join(take["shots"]): take for take in record["takes"]}
    media = {"kite": "still", "park.say": "speech", "music.bed": "music"} | dict.fromkeys(
        ("park", "pond", "hill"), "clip"
    )
    assert {name: take["medium"] for name, take in takes.items()} == media
    park = takes["park"]
    assert (park["order"]["prompt"], park["provider"], park["order"]["model"]) == ("A park.", "studio", "reel-9")
    assert (park["cost_usd"], park["made"][:2]) == (0.1, "20")
    assert takes["hill"]["take"] == 2
    inputs = {name: take["inputs"][0] for name, take in takes.items() if take["inputs"]}
    assert {name: i.get("shots") or i["file"] for name, i in inputs.items()} == {
        "park": ["kite"],
        "pond": ["park"],
        "hill": "refs/hill.png",
    }
    assert record["cost_usd"] == pytest.approx(0.2)
    assert [file["path"] for file in record["files"]] == sorted({*FILES, "old.mp4"} - {"words.srt"})
    assert any(tool.startswith("ffmpeg ") for tool in record["tools"])
    assert record["width"] == 128


def test_it_is_written_when_it_says_something_new_and_only_then(desk: Post) -> None:
    board(desk, ONE)
    desk.build().expect()
    file = desk.root / "build/cut.mp4.lineage.json"
    old = file.read_text().replace(f'"reelmake": "{version()}"', '"reelmake": "0.0.9"')
    file.write_text(old)  # as an earlier version has put it together
    before = stamp(file)
    desk.build().expect(stderr="nothing to do")
    board(desk, ONE + "# a comment\n")
    desk.build().expect(stderr="nothing to do")
    assert stamp(file) == before

    file.unlink()
    desk.build("cut.mp4").expect(stderr="nothing to do")  # that one alone: nobody needed its takes
    assert file.read_text().replace(version(), "0.0.9") == old
    board(desk, ONE.replace("  a:", "  b:"))
    desk.build().expect()
    record = lineage(desk, "cut.mp4")
    assert ([take["shots"] for take in record["takes"]], record["reelmake"]) == ([["b"]], version())

    file.unlink()
    (file / "in the way").mkdir(parents=True)
    desk.build().expect(stderr="build/cut.mp4.lineage.json is not written")


def test_the_quick_way_out_knows_it(desk: Post) -> None:
    board(desk, ONE)
    desk.build().expect()
    for path in (desk.root / "build").iterdir():
        long_ago = path.stat().st_mtime_ns - 10**10
        os.utime(path, ns=(long_ago, long_ago))
    file = desk.root / "build/cut.mp4.lineage.json"
    text = file.read_text()
    file.unlink()
    desk.build().expect(stderr="nothing to do")
    assert file.read_text() == text
    file.write_text("{}")
    desk.build().expect()
    assert file.read_text() == text


def test_the_same_film_made_elsewhere_has_the_same_record(desk: Post) -> None:
    board(
        desk,
        ONE.replace("cut.mp4: {}", "cut.mp4: {}, cut.gif: {}").replace(
            "outputs", "  b: {continue: a, prompt: It \u202elands.}\noutputs"
        ),
    )
    desk.build().expect()
    records = [lineage(desk, name) for name in ("cut.mp4", "cut.gif")]
    assert records[0]["takes"][1]["order"]["prompt"] == "It \u202elands."
    assert "\u202e" not in (desk.root / "build/cut.mp4.lineage.json").read_text()  # it would turn what a terminal shows
    shutil.rmtree(desk.root / "build")
    shutil.rmtree(desk.root / ".reelmake")
    desk.build().expect()
    for record, name in zip(records, ("cut.mp4", "cut.gif"), strict=True):
        again = lineage(desk, name)
        for take in (*record["takes"], *again["takes"]):
            take["made"] = ""
        assert again == record


def stamp(file: Path) -> tuple[int, int]:
    return file.stat().st_mtime_ns, file.stat().st_ino


def version() -> str:
    from reelmake import __version__

    return __version__
