"""Every example is built, and is what its README says it is."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sys
from pathlib import Path

import av
import pytest

from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.folder import Folder
from tests.support.once import once

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SHELF = sorted(p.parent.name for p in EXAMPLES.glob("*/storyboard.yaml"))
LEFT_BEHIND = shutil.ignore_patterns("build", ".reelmake", "reelmake.lock", ".gitattributes")
PARK_AND_CHILDREN = {"park", "park-dusk", "park-night", "park-snow", "walk-home", "tail"}


def copied(name: str, into: Path) -> Folder:
    return Folder(Path(shutil.copytree(EXAMPLES / name, into / name, ignore=LEFT_BEHIND)))


def frames(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


@pytest.mark.parametrize("name", SHELF)
def test_an_example_says_what_it_is(name: str) -> None:
    assert (EXAMPLES / name / "README.md").read_text().startswith("# ")


@pytest.mark.parametrize("name", [n for n in SHELF if "broken" not in n])
def test_an_example_is_checked_without_a_word(name: str, tmp_path: Path) -> None:
    ran = copied(name, tmp_path).run("check").expect()

    assert "no errors" in ran.stderr
    assert "warning" not in ran.stderr


def test_the_broken_one_gets_the_picture_of_its_readme(tmp_path: Path) -> None:
    film = copied("05-broken", tmp_path)

    said = film.run("check").expect(2).stderr

    told = (film.root / "README.md").read_text().partition("```text\n")[2].partition("```")[0]
    assert said == told
    assert film.run("build").expect(2).stderr == said
    assert not (film.root / ".reelmake").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("01-one-shot", 96),
        ("02-two-shots-dissolve", 126),
        ("07-small-pictures", 150),
        ("08-stills", 204),
        ("10-upscale", 124),
    ],
)
def test_a_small_example_is_built(name: str, expected: int, tmp_path: Path) -> None:
    film = copied(name, tmp_path)

    made = film.build("--set", "defaults.size=192x108")

    assert made["outputs"]["build/cut.mp4"]["frames"] == expected
    assert frames(film.root / "build" / "cut.mp4") == expected


@pytest.mark.slow
def test_five_cities_share_what_does_not_differ(tmp_path: Path) -> None:
    film = copied("04-matrix", tmp_path)

    made = film.build("--profile", "tiny")

    cities = {"Lisbon", "Oslo", "Nairobi", "Osaka", "Quito"}
    assert made["generated"] == 2 + 2 * len(cities)
    assert made["outputs"].keys() == {f"build/{city}.mp4" for city in cities}
    assert {frames(film.root / "build" / f"{city}.mp4") for city in cities} == {168}
    assert len({film.cut(f"{city}.mp4") for city in cities}) == len(cities)


# -- eco-city: built once, small, then copied by each test that writes


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    def build(folder: Path) -> None:
        made = copied("03-eco-city", folder).build("--profile", "ci")
        assert (made["generated"], made["cost_usd"]) == (11, 0)

    return Folder(once(tmp_path_factory, "eco", build) / "03-eco-city")


@pytest.fixture
def eco(built: Folder, tmp_path: Path) -> Folder:
    return Folder(Path(shutil.copytree(built.root, tmp_path / "eco")))


def edit(film: Folder, old: str, new: str, name: str = "storyboard.yaml") -> None:
    path = film.root / name
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def undone(film: Folder) -> set[str]:
    """Shots that a build would make."""
    return {shot for shot, verdict in film.verdicts("--profile", "ci").items() if verdict != "fresh"}


@pytest.mark.slow
def test_both_cuts_are_as_long_as_the_storyboard_says(built: Folder) -> None:
    for name, size in (("cut.mp4", (256, 144)), ("vertical.mp4", (144, 256))):
        with av.open(str(built.root / "build" / name)) as container:
            picture, sound = container.streams.video[0], container.streams.audio[0]
            assert (picture.width, picture.height) == size
            times = [frame.pts for frame in container.decode(video=0)]
            assert len(times) == 984
            assert {b - a for a, b in itertools.pairwise(times)} == {times[1] - times[0]}
            lengths = [float(stream.duration * stream.time_base) for stream in (picture, sound)]
            assert abs(lengths[0] - lengths[1]) < 1024 / 48000
    assert (built.root / "build" / "sheet.png").stat().st_size > 10_000


@pytest.mark.slow
def test_the_second_build_makes_nothing_and_says_so(eco: Folder) -> None:
    eco.run("build", "--profile", "ci").expect(0, stderr="nothing to do: 11 takes reused")


@pytest.mark.slow
def test_one_letter_makes_that_shot_and_its_descendants(eco: Folder) -> None:
    edit(eco, "action: flies a red kite", "action: flies a red kites")

    assert undone(eco) == PARK_AND_CHILDREN
    plan = eco.plan("--profile", "ci")
    assert next(j for j in plan["jobs"] if j["shot"] == "park")["reason"] == "prompt changed"
    made = eco.build("--profile", "ci")
    assert (made["generated"], made["reused"]) == (6, 5)
    edit(eco, "action: flies a red kites", "action: flies a red kite")
    back = eco.build("--profile", "ci")
    assert (back["generated"], back["reused"]) == (0, 11)


@pytest.mark.slow
def test_one_letter_encodes_the_segments_that_touch_it_and_no_other(eco: Folder) -> None:
    edit(eco, "reflections of", "reflection of")

    eco.build("--profile", "ci", "--events", "events.jsonl")

    events = [json.loads(line) for line in (eco.root / "events.jsonl").read_text().splitlines()]
    made = {e["step"] for e in events if e["event"] == "StepDone" and e["made"]}
    graph = eco.run("graph", "--profile", "ci", "--format", "json").expect().json["steps"]
    segments = {s["id"]: set(s["shots"]) for s in graph if s["kind"] == "segment"}
    assert {id for id in segments if id in made} == {id for id, shots in segments.items() if "window" in shots}
    assert {s["id"] for s in graph if s["kind"] == "shot" and s["id"] in made} == {"shot:window#1"}
    assert {"reel:cut.mp4", "reel:vertical.mp4"} <= made


@pytest.mark.slow
def test_a_name_is_not_an_order(eco: Folder) -> None:
    path = eco.root / "storyboard.yaml"
    path.write_text(path.read_text().replace("park-dusk", "evening").replace("title: The Eco", "title:   The Eco"))

    assert undone(eco) == set()
    assert eco.build("--profile", "ci")["generated"] == 0


@pytest.mark.slow
def test_what_moves_into_an_include_stays_made(eco: Folder) -> None:
    tiers = "tiers:\n  draft: {provider: sketch}\n"
    edit(eco, "  draft: {provider: sketch}\n", "")
    (eco.root / "cast.yaml").write_text(tiers + (eco.root / "cast.yaml").read_text())

    assert undone(eco) == set()


@pytest.mark.slow
def test_another_city_makes_the_shots_that_name_it(eco: Folder) -> None:
    edit(eco, "city: Lisbon", "city: Oslo", "cast.yaml")

    assert undone(eco) == {"skyline", "window", "harbour"}


@pytest.mark.slow
def test_the_real_thing_is_priced_and_refused_unasked(eco: Folder) -> None:
    plan = eco.plan("--set", "defaults.tier=final")

    assert plan["cost_usd"] == pytest.approx(42 * 0.12)
    eco.run("build", "--set", "defaults.tier=final").expect(3)


@pytest.mark.slow
def test_the_inputs_can_be_made_again(tmp_path: Path) -> None:
    film = copied("03-eco-city", tmp_path)
    kept = EXAMPLES / "03-eco-city"

    subprocess.run([sys.executable, "make-inputs.py", "--again"], cwd=film.root, check=True)

    assert frames(film.root / "footage" / "street.mp4") == frames(kept / "footage" / "street.mp4") == 100
    for name in ("refs/maya.png", "footage/street.mp4", "audio/bed.ogg"):
        new, old = ((root / name).stat().st_size for root in (film.root, kept))
        assert abs(new - old) < old / 10  # another encoder gives other bytes, not another film


# -- paid shots: the server that the example names, on a free port


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["", "fault"])
def test_paid_shots_are_paid_for_once(profile: str, tmp_path: Path) -> None:
    film = copied("06-paid", tmp_path)
    film.env["STUDIO_KEY"] = "any-text"
    more = ["--profile", profile] if profile else []
    with FakeServer(ServerOptions(takes=0.1)) as server:
        text = (film.root / "storyboard.yaml").read_text()
        (film.root / "storyboard.yaml").write_text(text.replace("http://127.0.0.1:8901/v1", server.base_url))

        assert film.plan(*more)["cost_usd"] == 0.7
        made = film.build(*more)
        again = film.build(*more)

        assert (made["generated"], again["generated"], again["reused"]) == (4, 0, 4)
        assert made["outputs"]["build/cut.mp4"]["frames"] == 24 * 10 - 12
        assert len(server.bill) == 4
        assert any(r["status"] == 429 for r in server.requests) == bool(profile)
        jobs = film.run("jobs", "ls", "--remote", "--json").expect().json["jobs"]
    assert {job["standing"] for job in jobs if job["provider"] == "house"} >= {"kept"}


@pytest.fixture
def narrated(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Folder:
    """A copy of what was built once."""

    def build(folder: Path) -> None:
        copied("09-narration", folder).build("--set", "defaults.size=192x108")

    return Folder(once(tmp_path_factory, "narrated", build) / "09-narration").copy(tmp_path / "narrated")


@pytest.mark.slow
def test_the_narrated_film_lasts_a_minute_and_is_made_once(narrated: Folder) -> None:
    again = narrated.build("--set", "defaults.size=192x108")
    assert (again["generated"], again["reused"]) == (0, 23)
    assert 58 < again["outputs"]["build/cut.mp4"]["seconds"] < 66
    takes = narrated.run("takes", "--json", "--set", "defaults.size=192x108").expect().json["takes"]
    media = [take["medium"] for take in takes]
    assert {name: media.count(name) for name in set(media)} == {"still": 7, "speech": 8, "clip": 7, "music": 1}


@pytest.mark.slow
def test_one_word_of_one_line_makes_that_line_and_what_is_as_long_as_it(narrated: Folder, tmp_path: Path) -> None:
    film = narrated.copy(tmp_path / "film")
    board = film.root / "storyboard.yaml"
    board.write_text(board.read_text().replace("up nine flights", "up twenty-nine flights"))
    small = ("--set", "defaults.size=192x108")
    todo = {job["shot"]: job["verdict"] for job in film.plan(*small)["jobs"] if job["verdict"] != "fresh"}
    assert todo == {"tom-plants.say": "stale", "tom-plants": "undecided", "music.bed": "undecided"}
    before = {take["shot"]: take["sha256"] for take in takes(narrated)}
    assert film.build(*small)["generated"] == 3
    after = {take["shot"]: take["sha256"] for take in takes(film)}
    assert {shot for shot in before if before[shot] != after[shot]} == set(todo)


def takes(film: Folder) -> list[dict[str, str]]:
    found: list[dict[str, str]] = film.run("takes", "--json", "--set", "defaults.size=192x108").expect().json["takes"]
    return found
