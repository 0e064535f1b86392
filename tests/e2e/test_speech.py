"""What is said, through the real command: it is heard with its picture, decides lengths, and is paid for once."""

from __future__ import annotations

import base64
import io
import json
import re
import wave
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import reelmake
from reelmake.media.sound_file import decoded
from tests.support import atelier as atelier_forms
from tests.support.atelier import Atelier, atelier
from tests.support.film import heard
from tests.support.folder import Folder
from tests.support.waves import level, tone, wav

pytestmark = pytest.mark.slow

FILM = """\
voices: {narrator: {voice: alloy}, girl: {voice: nova}}
characters: {maya: {look: a girl of nine, voice: girl}}
shots:
  a: {prompt: A city., seconds: auto, say: {narrator: It is early in the city.}}
  b: {prompt: A park., seconds: auto, say: [{maya: Come on!}, {narrator: She runs.}], pad: 0.25}
  c: {prompt: A tram., seconds: 1}
sound:
  clips: {gain: -60}
  music: {file: bed.wav, gain: -10, duck: 12}
captions: {from: say}
outputs: {cut.mp4: {}, cut.srt: {}, cut.m4a: {stem: narration}}
"""


@pytest.fixture
def film(project: Folder) -> Folder:
    wav(project.root / "bed.wav", tone(900, 30))
    project.storyboard(FILM)
    return project


def made(film: Folder) -> list[str]:
    """Steps that a build carried out."""
    events = film.write("events.jsonl", "")
    film.run("build", "--events", "events.jsonl").expect()
    told = [json.loads(line) for line in events.read_text().splitlines()]
    return sorted(event["step"] for event in told if event["event"] == "StepDone" and event["made"])


def test_one_word_of_one_line_makes_that_line_and_what_hangs_on_it(film: Folder) -> None:
    first = film.build()
    assert film.build() == {**first, "generated": 0, "reused": 6}
    film.storyboard(FILM.replace("She runs.", "She runs home."))
    outputs = ["output:cut.srt", "reel:cut.mp4", "sound:cut.mp4", "sound:cut.m4a"]
    assert made(film) == sorted(["segment:cut.mp4:002", "shot:b#1", "speech:b.say.2#1", *outputs])
    longer = film.build()
    assert longer["outputs"]["build/cut.mp4"]["frames"] > first["outputs"]["build/cut.mp4"]["frames"]
    assert longer["generated"] == 0


def test_what_is_said_is_heard_and_music_steps_back_under_it(film: Folder) -> None:
    film.build()
    entries = film.plan()["timeline"][0]["entries"]
    said = heard(film.root / "build" / "cut.m4a")
    mix = heard(film.root / "build" / "cut.mp4")
    for entry, pad in zip(entries[:2], (0.3, 0.25), strict=True):
        begin, end = entry["begins"], entry["begins"] + entry["seconds"]
        assert level(said, begin, begin + pad) < -80  # silence before
        assert level(said, begin + pad, end - pad) > -35
        assert level(mix, begin + pad + 0.2, end - pad - 0.2, 900) < -38  # 20 dB of tone, 10 of gain, 12 of ducking
    last = entries[2]
    assert level(said, last["begins"], last["begins"] + 1) < -80
    assert level(mix, last["begins"] + 0.8, last["begins"] + 1, 900) > -34


def test_not_a_sample_of_a_line_is_lost(film: Folder) -> None:
    film.storyboard(FILM.replace("cut.m4a: {stem: narration}", "cut.flac: {stem: narration}, cut.otio: {}"))
    film.build()
    stem = samples(film.root / "build" / "cut.flac")
    for line, at in said_at(film):
        (take,) = film.run("takes", "--json", line).expect().json["takes"]
        spoken = samples(film.root / take["clip"])
        there = stem[:, at : at + spoken.shape[1]]
        assert np.abs(spoken).max() > 0.1
        assert np.abs(there - spoken).max() < 1e-3
        there[:] = 0
    assert not stem.any()


def test_editors_have_the_lines_where_they_are_heard(film: Folder) -> None:
    music = FILM.replace("file: bed.wav", "prompt: Strings.")
    film.storyboard(music.replace("cut.m4a: {stem: narration}", "cut.otio: {}"))
    film.build()
    told = json.loads((film.root / "build" / "cut.otio").read_text())["tracks"]["children"]
    tracks = {track["name"]: track["children"] for track in told}
    at, placed = 0, []
    for item in tracks["Narration"]:
        placed += [(item["name"], at)] if item["name"] else []
        at += round(item["source_range"]["duration"]["value"])
    assert placed == said_at(film)
    assert [clip["name"] for clip in tracks["Music"]] == ["music"]


def samples(file: Path) -> np.ndarray:
    return np.concatenate(list(decoded(file, Fraction(0))), axis=1)


def said_at(film: Folder) -> list[tuple[str, int]]:
    """Every line, and the sample at which it is heard."""
    layout = reelmake.load(film.root / "storyboard.yaml").layout
    return [(said.line, said.at) for said in layout.cuts[""].said]


def test_captions_are_read_when_they_are_said(film: Folder) -> None:
    film.build()
    text = (film.root / "build" / "cut.srt").read_text()
    assert [block.split("\n")[2] for block in text.strip().split("\n\n")] == [
        "It is early in the city.",
        "Come on!",
        "– She runs.",
    ]
    said = heard(film.root / "build" / "cut.m4a")
    for block in text.strip().split("\n\n"):
        begin, end = (seconds(t) for t in block.split("\n")[1].split(" --> "))
        assert level(said, begin, end) > -40
        assert level(said, max(0, begin - 0.1), max(0.01, begin - 0.05)) < level(said, begin, end) - 10


def seconds(clock: str) -> float:
    hours, minutes, rest = clock.split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(rest.replace(",", "."))


def test_takes_of_a_line_are_asked_for_and_picked(film: Folder) -> None:
    film.build()
    film.run("retake", "a.say", "--yes").expect()
    film.build()
    assert {"a.say", "a.say#2"} <= film.verdicts().keys()
    film.run("pick", "a.say", "1").expect()
    film.build()
    assert "a.say" in (film.root / "reelmake.lock").read_text()


def test_lines_are_shown_with_what_is_said_when_and_for_how_long(film: Folder) -> None:
    row = r"b\.say\.1 “Come on!” +missing +never made +sketch +0:02\.\d +0:00\.\d"
    assert re.search(row, shown(film, "plan"))
    assert "b.say.1 “Come on!”" in shown(film, "status")
    assert "b.say.2 “She runs.”  ● take 1  missing" in shown(film, "takes", "b.say.2")
    assert shown(film, "explain", "b").startswith("b  (as long as b.say.1, b.say.2)")


def shown(film: Folder, *command: str) -> str:
    return film.run(*command).expect().stdout


PAID = """\
reelmake: 1
budget: 5
providers: {{studio: {{kind: atelier.yaml, base_url: "{url}", models: {{film: {{seconds: [1, 2, 4]}}}}}}}}
tiers: {{final: {{provider: studio, model: film}}, voice: {{provider: studio, model: voice}}}}
defaults: {{tier: final, speech: voice, size: 64x36, voice: narrator}}
voices: {{narrator: {{voice: alloy}}}}
characters: {{maya: {{look: a girl of nine, voice: narrator}}}}
shots:
  a: {{prompt: A city., seconds: auto, say: It is early in the city. The trams stand still.}}
  b: {{prompt: "${{maya}} in a park.", seconds: auto, say: {{maya: Come on!}}}}
"""


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Atelier]:
    (tmp_path / "desk").mkdir()
    with atelier(tmp_path / "desk") as world:
        yield world


def orders(studio: Atelier) -> list[dict[str, Any]]:
    return studio.charged


def test_a_clip_is_ordered_once_it_is_known_how_long_it_is(project: Folder, studio: Atelier) -> None:
    project.write("atelier.yaml", atelier_forms.FILE)
    project.write("storyboard.yaml", PAID.format(url=studio.url))
    plan = project.plan()
    assert plan["cost_usd"] > 0
    project.build("--yes")
    what = [line["what"] for line in orders(studio)]
    assert sorted(what[:2]) == ["speech", "speech"]
    assert what[2:] == ["clips", "clips"]
    jobs = {job["shot"]: job for job in project.plan()["jobs"]}
    assert jobs["a"]["seconds"] == jobs["b"]["seconds"] == 2  # half a second of speech, 0.3 before and 0.5 after
    project.run("build").expect(stderr="nothing to do")
    assert len(orders(studio)) == 4


def test_a_model_that_takes_speech_is_sent_it(project: Folder, studio: Atelier) -> None:
    form = atelier_forms.FILE.replace("tag: $token}}\n  still", "tag: $token, voice: $speech}}\n  still")
    assert form != atelier_forms.FILE
    project.write("atelier.yaml", form)
    project.write("storyboard.yaml", PAID.format(url=studio.url))
    project.build("--yes")
    sent = {line["prompt"]: line["voice"] for line in orders(studio) if line["what"] == "clips"}
    (narrated,) = [voice for prompt, voice in sent.items() if prompt.startswith("A city")]
    (spoken,) = [voice for prompt, voice in sent.items() if "park" in prompt]
    assert narrated is None
    kind, _, data = spoken.partition(";base64,")
    assert kind == "data:audio/wav"
    with wave.open(io.BytesIO(base64.b64decode(data))) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getnframes()) == (48_000, 1, 2 * 48_000)
        samples = np.frombuffer(sound.readframes(2 * 48_000), "<i2").astype(float)
    loud = np.flatnonzero(np.abs(samples) > 300)
    assert loud[0] / 48_000 == pytest.approx(0.3, abs=0.01)
    assert loud[-1] / 48_000 == pytest.approx(0.8, abs=0.01)
    narration = [
        step
        for step in json.loads(project.run("graph", "--format", "json").expect().stdout)["steps"]
        if step["id"] == "sound:cut.mp4"
    ]
    assert [i["step"] for i in narration[0]["inputs"] if i["label"].startswith("track")] == ["speech:a.say#1"]
