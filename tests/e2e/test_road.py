"""The whole road with the real command: what is made, what is not, and what is said."""

from __future__ import annotations

import json
from pathlib import Path

import av
import pytest

from tests.support.folder import Folder

pytestmark = pytest.mark.slow

FILM = """\
vars: {city: Lisbon}
shots:
  skyline: {prompt: "Wide shot of ${city} at dawn."}
  park: {prompt: A child flies a red kite in a park.}
  dusk: {remix: park, prompt: "The same at dusk, teal and rust."}
  home: {continue: dusk, prompt: She walks home.}
  tail: {extend: home, prompt: The tram leaves.}
cut:
  - {shot: skyline, into: {dissolve: 0.25}}
  - park
  - dusk
  - {shot: tail, title: Good night}
"""


@pytest.fixture
def film(project: Folder) -> Folder:
    project.storyboard(FILM)
    return project


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The film, built: left as it is."""
    film = Folder(tmp_path_factory.mktemp("whole"))
    film.storyboard(FILM)
    film.build()
    return film


@pytest.fixture
def built(whole: Folder, tmp_path: Path) -> Folder:
    """The film, built: to be changed. As a copy it is looked through; the quick way out is for what was built here."""
    return whole.copy(tmp_path / "film")


def frames(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


def test_a_build_makes_one_cut_of_the_length_the_storyboard_says(film: Folder) -> None:
    made = film.build()

    cut = made["outputs"]["build/cut.mp4"]
    assert made["generated"] == 5
    assert made["cost_usd"] == 0
    assert cut["frames"] == 12 + 12 + 12 + 24 - 6
    assert frames(film.root / "build/cut.mp4") == cut["frames"]


def test_the_second_build_makes_nothing_and_says_so(film: Folder) -> None:
    film.build()
    before = film.cut()

    again = film.run("build").expect(0, stderr="nothing to do")

    assert "build/cut.mp4" in again.stdout
    assert film.build()["generated"] == 0
    assert film.cut() == before


def test_one_letter_makes_that_shot_and_what_hangs_on_it(built: Folder) -> None:
    built.storyboard(FILM.replace("at dusk", "at dusks"))

    plan = built.plan()
    verdicts = {j["shot"]: (j["verdict"], j["reason"]) for j in plan["jobs"]}
    assert verdicts["skyline"] == ("fresh", None)
    assert verdicts["park"] == ("fresh", None)
    assert verdicts["dusk"] == ("stale", "prompt changed")
    assert verdicts["home"] == ("undecided", "waits for dusk")
    assert plan["generate"] == 3
    built.run("status").expect(stdout="build/cut.mp4: out of date")
    made = built.build()
    assert (made["generated"], made["reused"]) == (3, 2)


def test_going_back_makes_nothing(built: Folder) -> None:
    first = built.cut()
    built.storyboard(FILM.replace("at dusk", "at noon"))
    built.build()
    assert built.cut() != first
    built.storyboard(FILM)

    assert built.build()["generated"] == 0
    assert built.cut() == first


def test_renaming_a_shot_makes_no_shot_again(built: Folder) -> None:
    built.storyboard(
        FILM.replace("park:", "garden:").replace("remix: park", "remix: garden").replace("- park", "- garden")
    )

    made = built.build()

    assert made["generated"] == 0
    assert made["reused"] == 5


def test_only_the_segments_that_a_change_touches_are_encoded_again(built: Folder) -> None:
    built.storyboard(FILM.replace("Good night", "Good morning"))

    steps = json.loads(built.run("graph", "--format", "json").expect().stdout)["steps"]
    todo = {(s["kind"], tuple(s["shots"])) for s in steps if s["verdict"] == "missing"}

    assert ("segment", ("tail",)) in todo
    assert not [s for s in todo if s[0] == "segment" and s[1] != ("tail",)]
    assert built.build()["generated"] == 0


def test_a_failed_step_skips_its_dependents_and_the_rest_is_made(film: Folder) -> None:
    film.storyboard(FILM + "  - broken\n" + "", head="reelmake: 1\ndefaults: {size: 128x72, seconds: 0.5}\n")
    film.write("broken.mov", b"this is no film")
    film.storyboard(FILM.replace("cut:", "  broken: {file: broken.mov}\ncut:"))

    film.run("build").expect(2, stderr="broken.mov")
    assert not (film.root / "build").exists()


def test_takes_that_no_shot_uses_are_told_apart(project: Folder) -> None:
    short = "reelmake: 1\ndefaults: {size: 128x72, seconds: 0.25}\n"
    project.storyboard("shots: {a: {prompt: A kite., takes: 3}, b: {prompt: A boat.}}\n", head=short)
    project.run("build").expect(stderr="4 generated, 0 reused\n")
    project.run("plan").expect(stdout="nothing to do: 4 takes reused, 2 of them not picked, every output is up to date")
    project.run("build").expect(
        stderr="nothing to do: 4 takes reused, 2 of them not picked, every output is up to date"
    )
    again = project.build()
    assert (again["generated"], again["reused"], again["unpicked"]) == (0, 4, 2)
    project.run("pick", "a", "3").expect()
    project.run("build").expect(stderr="0 generated, 4 reused, 2 of them not picked\n")


def test_locked_refuses_to_generate_and_says_what_is_missing(film: Folder) -> None:
    film.run("build", "--locked").expect(3, stderr="RM802")
    assert not (film.root / "build").exists()
    film.run("status").expect(stdout="build/cut.mp4: not made yet")
    film.build()
    film.run("build", "--locked").expect(0)


def test_an_output_that_was_deleted_or_damaged_is_put_back_without_making_anything(film: Folder) -> None:
    film.build()
    good = film.cut()
    (film.root / "build/cut.mp4").write_bytes(b"damaged")

    assert film.plan()["outputs"]["build/cut.mp4"]["astray"] == "different"
    film.run("status").expect(stdout="build/cut.mp4: another file is in its place; will be replaced")
    assert film.build()["generated"] == 0
    assert film.cut() == good
    assert film.plan()["outputs"]["build/cut.mp4"]["astray"] is None
    (film.root / "build/cut.mp4").unlink()
    film.run("plan").expect(stdout="up to date, but 1 output is not in place: 5 takes reused")
    film.run("plan").expect(stdout="frames  missing from build/; will be restored")
    assert film.run("status", "--json").expect().json["outputs"] == {"build/cut.mp4": "gone"}
    film.run("build").expect(0, stderr="up to date: 5 takes reused; restored build/cut.mp4")
    assert film.cut() == good
    film.run("status").expect(stdout="build/cut.mp4: up to date")
    (film.root / "build/cut.mp4").unlink()
    (film.root / "build/cut.mp4").mkdir()
    film.run("status").expect(stdout="something is in its place; build cannot write it")


def test_takes_are_picked_and_picking_never_makes_the_picked_shot_again(film: Folder) -> None:
    film.storyboard(FILM.replace("park: {", "park: {takes: 2, "))
    assert film.build()["generated"] == 6
    first = film.cut()
    film.run("pick", "park", "2").expect()

    plan = film.plan()
    verdicts = {(j["shot"], j["take"]): j["verdict"] for j in plan["jobs"]}
    assert verdicts[("park", 1)] == verdicts[("park", 2)] == "fresh"
    assert verdicts[("dusk", 1)] == "stale"
    assert film.build()["generated"] == 3
    assert film.cut() != first
    film.run("pick", "park", "1").expect()
    assert film.build()["generated"] == 0
    assert film.cut() == first


def test_retake_asks_for_one_more_and_uses_it(built: Folder) -> None:
    built.run("retake", "skyline").expect(0)

    takes = built.run("takes", "--json").expect().json["takes"]
    assert [(t["take"], t["picked"]) for t in takes if t["shot"] == "skyline"] == [(1, False), (2, True)]
    assert built.build()["generated"] == 0  # only the cut is made again


def test_explain_names_the_label_and_both_values(built: Folder) -> None:
    built.storyboard(FILM.replace("red kite", "blue kite"))

    told = built.run("explain", "park").expect().stdout

    assert "prompt" in told
    assert "red kite" in told
    assert "blue kite" in told


def test_a_narrowed_build_makes_only_what_was_named(film: Folder) -> None:
    made = film.build("park")

    assert made["generated"] == 1
    assert Path(film.root, made["clips"]["park"]).exists()
    assert not (film.root / "build").exists()


def test_two_runs_at_once_make_everything_once(film: Folder) -> None:
    runs = [film.start("build", "--json") for _ in range(2)]
    ends = [run.communicate(timeout=240) for run in runs]

    assert [run.returncode for run in runs] == [0, 0], ends
    assert sum(json.loads(out)["generated"] for out, _ in ends) == 5


def test_the_same_storyboard_gives_the_same_bytes_elsewhere(built: Folder, tmp_path: Path) -> None:
    other = Folder(tmp_path / "elsewhere")
    other.root.mkdir()
    other.storyboard(FILM)
    other.build("-j", "1")

    assert other.cut() == built.cut()


def test_the_lock_file_lists_every_take_on_a_line_of_its_own(built: Folder) -> None:
    lines = (built.root / "reelmake.lock").read_text().splitlines()

    assert [line.split()[0] for line in lines if not line.startswith("#")] == [
        "dusk",
        "home",
        "park",
        "skyline",
        "tail",
    ]


def test_another_folder_inside_the_project_finds_it(film: Folder) -> None:
    (film.root / "deep/er").mkdir(parents=True)
    film.run("build", cwd="deep/er").expect(0, stdout="../../build/cut.mp4")


def test_events_are_written_as_json_lines(film: Folder) -> None:
    film.run("build", "--events", "events.jsonl").expect()
    events = [json.loads(line) for line in (film.root / "events.jsonl").read_text().splitlines()]

    assert events[0]["event"] == "RunStarted"
    assert events[-1]["event"] == "RunFinished"
    assert sum(e["event"] == "StepDone" and e["kind"] == "shot" and e["made"] for e in events) == 5


def test_without_a_terminal_there_are_no_control_characters(film: Folder) -> None:
    for command in (
        ["build"],
        ["plan"],
        ["takes"],
        ["status"],
        ["explain", "park"],
        ["log"],
        ["cache", "ls"],
        ["graph"],
    ):
        ran = film.run(*command).expect()
        assert "\x1b" not in ran.stdout + ran.stderr


def test_explain_shows_the_own_change_of_a_shot_whose_parent_changed_too(built: Folder) -> None:
    built.storyboard(FILM.replace("a red kite", "a blue kite").replace("at dusk, teal", "at dawn, teal"))

    told = built.run("explain", "dusk").expect().stdout
    home = built.run("explain", "home", "--json").expect().json["shots"][0]

    assert "pending, prompt changed; waits for park" in told
    assert "was  The same at dusk, teal and rust." in told
    assert "is   The same at dawn, teal and rust." in told
    assert "waits for park: stale, prompt changed" in told
    assert home["takes"][0]["manifest"]["prompt"] == "She walks home."
    assert [w["take"] for w in home["waits_for"]] == ["park", "dusk"]


def test_plan_tells_a_script_whether_there_is_anything_to_do(built: Folder) -> None:
    built.run("plan", "--detailed-exitcode", "--locked").expect(0)
    (built.root / "build/cut.mp4").unlink()
    built.run("plan", "--detailed-exitcode").expect(10)
    built.run("plan").expect(0)
    built.build()
    built.storyboard(FILM.replace("Good night", "Good morning"))
    built.run("plan", "--detailed-exitcode", "--locked").expect(10)  # words in the cut are no take
    built.storyboard(FILM.replace("at dusk", "at noon"))
    built.run("plan", "--detailed-exitcode").expect(10)

    refused = built.run("plan", "--detailed-exitcode", "--locked", "--json").expect(3)

    assert refused.json["error"]["code"] == "RM802"
    assert "--locked: 3 takes need generating: dusk, home, tail" in refused.stderr
    assert built.run("plan", "--detailed-exitcode", "--set", "nonsense=1").code == 2


def test_plan_and_status_say_when_each_entry_begins(whole: Folder) -> None:
    table = whole.run("plan").expect().stdout.splitlines()
    (film,) = whole.plan()["timeline"]
    status = whole.run("status", "--json").expect().json

    assert [(e["shot"], e["frame"]) for e in film["entries"]] == [
        ("skyline", 0),
        ("park", 6),
        ("dusk", 18),
        ("tail", 30),
    ]
    assert film["frames"] == 54
    assert status["timeline"] == [film]
    column = table[0].index("  at") + 4
    begins = {line.split()[0]: line[:column].split()[-1] for line in table[1:6]}
    assert (begins["skyline"], begins["park"], begins["dusk"], begins["tail"]) == (
        "0:00.0",
        "0:00.3",
        "0:00.8",
        "0:01.3",
    )
    assert "0:01.3" in next(line for line in whole.run("status").expect().stdout.splitlines() if " tail " in line)


def test_the_clip_of_a_shot_is_copied_by_its_name(built: Folder) -> None:
    built.storyboard(
        FILM.replace("in a park.}", "in a park., takes: 2}").replace("cut:", "  grey: {color: gray}\ncut:")
    )
    built.run("build").expect()
    takes = {t["take"]: t for t in built.run("takes", "park", "--json").expect().json["takes"]}

    built.run("export", "park", "-o", "park.mp4").expect(stdout="park.mp4")
    built.run("export", "park", "--take", "2", "-o", "out/second.mp4", "--json").expect()

    assert (built.root / "park.mp4").read_bytes() == (built.root / takes[1]["clip"]).read_bytes()
    assert (built.root / "out/second.mp4").read_bytes() == (built.root / takes[2]["clip"]).read_bytes()
    (built.root / "park.mp4").write_bytes(b"mine")  # a copy: the store is not touched
    built.run("cache", "verify").expect()
    built.run("export", "park", "-o", "park.webm").expect(2, stderr="RM714")
    built.run("export", "park", "--take", "3", "-o", "x.mp4").expect(2, stderr='"park" has no take 3')
    built.run("export", "grey", "-o", "x.mp4").expect(2, stderr="RM851")
    built.storyboard(FILM.replace("red kite", "blue kite"))
    built.run("export", "park", "-o", "x.mp4").expect(2, stderr="`reelmake build park` makes it")
    built.run("export", "nobody", "-o", "x.mp4").expect(2, stderr="RM701")
    assert not (built.root / "x.mp4").exists()
