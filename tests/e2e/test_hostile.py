"""Clumsy and hostile use of the real command: no trace of Python, no lie, nothing left where it does not belong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.folder import Folder

pytestmark = pytest.mark.slow

FILM = "shots:\n  a: {prompt: A kite.}\n"


@pytest.fixture
def film(project: Folder) -> Folder:
    project.storyboard(FILM)
    return project


def shell(film: Folder, line: str) -> tuple[int, str]:
    """A line of sh in which `reelmake` is the real command: its status, and what came out on stderr."""
    ran = subprocess.run(
        ["sh", "-c", line.replace("reelmake", f"{sys.executable} -m reelmake")],
        cwd=film.root,
        env={**os.environ, **film.env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return ran.returncode, ran.stderr


def order_of(film: Folder) -> str:
    line = next(x for x in (film.root / "reelmake.lock").read_text().splitlines() if x.startswith("a "))
    return line.split('"order":"')[1].split('"')[0]


def test_the_quick_way_out_sees_a_clip_that_is_cut_short(film: Folder) -> None:
    film.build()
    film.run("build").expect(0, stderr="nothing to do")
    for clip in (film.root / ".reelmake/store").glob("*/*.mp4"):
        clip.chmod(0o644)
        os.truncate(clip, clip.stat().st_size - 1)

    assert film.plan()["generate"] == 1
    film.run("build").expect(0, stderr="1 generated")


def test_the_quick_way_out_sees_that_a_record_of_a_take_is_gone(film: Folder) -> None:
    film.build()
    film.run("build").expect(0, stderr="nothing to do")
    for record in (film.root / ".reelmake/takes").glob("*/*.json"):
        record.unlink()

    film.run("build").expect(0, stderr="1 generated")


def test_the_quick_way_out_sees_an_output_that_changed_with_its_times_put_back(film: Folder) -> None:
    film.build()
    film.run("build").expect(0, stderr="nothing to do")
    cut = film.root / "build/cut.mp4"
    good, before = cut.read_bytes(), cut.stat()
    with cut.open("r+b") as file:
        file.seek(100)
        file.write(b"XXXX")
    os.utime(cut, ns=(before.st_atime_ns, before.st_mtime_ns))

    film.run("build").expect(0)
    assert cut.read_bytes() == good


def test_the_quick_way_out_follows_a_link_that_points_elsewhere_now(film: Folder) -> None:
    (film.root / "storyboard.yaml").rename(film.root / "one.yaml")
    film.write("two.yaml", (film.root / "one.yaml").read_text().replace("kite", "boat"))
    link = film.root / "now.yaml"
    link.symlink_to("one.yaml")
    film.run("build", "-f", "now.yaml").expect()
    film.run("build", "-f", "now.yaml").expect(0, stderr="nothing to do")
    link.unlink()
    link.symlink_to("two.yaml")

    film.run("build", "-f", "now.yaml").expect(0, stderr="1 generated")


def test_events_are_written_also_when_there_is_nothing_to_do(film: Folder) -> None:
    film.build()
    film.run("build", "--events", "events.jsonl").expect()
    (film.root / "events.jsonl").unlink()
    film.run("build", "--events", "events.jsonl").expect()

    assert (film.root / "events.jsonl").exists()


@pytest.mark.parametrize("target", ["missing/events", "."])
def test_events_that_cannot_be_written_are_said(film: Folder, target: str) -> None:
    film.run("build", "--events", target).expect(1, stderr="for --events")
    assert not (film.root / "build").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_events_on_a_full_disk_stop_no_build(film: Folder) -> None:
    film.run("build", "--events", "/dev/full").expect(0, stderr="events are no longer written")
    assert film.cut()


def test_a_folder_named_as_the_storyboard_leaves_nothing_beside_it(film: Folder) -> None:
    film.run("build", "-f", ".").expect()
    film.run("build", "-f", ".").expect(0, stderr="nothing to do")

    assert not (film.root.parent / ".reelmake").exists()


def test_closed_and_broken_streams_leave_no_trace_of_python(film: Folder) -> None:
    assert shell(film, "reelmake build >&-")[0] == 0
    for line in ("reelmake plan >&-", "reelmake plan 2>&-", "reelmake build >&- 2>&- <&-", "reelmake check <&-"):
        assert shell(film, line)[0] == 0, line
    for line in ("reelmake build | true", "reelmake plan --json | true", "reelmake takes >/dev/full"):
        assert "Traceback" not in shell(film, line)[1], line


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_knows_few_letters_is_no_error(film: Folder, encoding: str) -> None:
    film.build()
    film.env["PYTHONIOENCODING"] = encoding
    for command in ("takes", "status", "doctor", "plan"):
        film.run(command).expect()


@pytest.mark.parametrize("number", ["0", "-3", "999999999"])
def test_an_impossible_take_in_the_lock_file_is_said(film: Folder, number: str) -> None:
    film.build()
    film.write("reelmake.lock", f'a {{"picks":{{"{order_of(film)}":{number}}}}}\n')

    for command in (["plan"], ["build"]):
        film.run(*command).expect(2, stderr="reelmake.lock:1:1")


CHOSEN = """\
shots:
  park: {prompt: A kite., takes: 2}
  dusk: {remix: park, prompt: At dusk.}
"""


@pytest.fixture(scope="module")
def picked(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A film whose park has its second take picked."""
    film = Folder(tmp_path_factory.mktemp("picked"))
    film.storyboard(CHOSEN)
    film.build("park")
    film.run("pick", "park", "2").expect()
    film.build()
    return film


@pytest.fixture
def chosen(picked: Folder, tmp_path: Path) -> Folder:
    """The same, to be changed."""
    return picked.copy(tmp_path / "film")


def test_a_renamed_shot_keeps_its_pick(chosen: Folder) -> None:
    chosen.storyboard(CHOSEN.replace("park", "garden"))
    assert chosen.build()["generated"] == 0
    takes = chosen.run("takes", "--json").expect().json["takes"]
    assert [t["take"] for t in takes if t["shot"] == "garden" and t["picked"]] == [2]
    chosen.storyboard(CHOSEN)
    assert chosen.build()["generated"] == 0


def test_a_pick_that_came_with_a_rename_outlasts_a_retake(chosen: Folder) -> None:
    chosen.storyboard(CHOSEN.replace("park", "garden"))
    chosen.run("retake", "garden", "--keep-pick").expect()
    takes = chosen.run("takes", "garden", "--json").expect().json["takes"]
    assert [(t["take"], t["picked"]) for t in takes if t["shot"] == "garden"] == [(1, False), (2, True), (3, False)]
    assert chosen.build()["generated"] == 0


def test_a_shot_that_was_taken_out_for_a_while_keeps_its_pick(chosen: Folder) -> None:
    chosen.storyboard("shots:\n  sea: {prompt: The sea.}\n")
    chosen.build()
    chosen.storyboard(CHOSEN)
    assert chosen.build()["generated"] == 0


def test_another_storyboard_in_the_folder_takes_no_picks_away(chosen: Folder) -> None:
    chosen.write("other.yaml", "reelmake: 1\ndefaults: {size: 128x72, seconds: 0.5}\nshots:\n  sea: {prompt: Sea.}\n")
    chosen.run("build", "-f", "other.yaml").expect()
    assert chosen.plan()["generate"] == 0


def test_a_profile_with_the_same_orders_sees_the_same_picks(chosen: Folder) -> None:
    chosen.storyboard(CHOSEN + "profiles: {web: {outputs: {web.mp4: {}}}}\n")
    assert chosen.plan("--profile", "web")["generate"] == 0


def test_a_wrong_command_line_is_said_as_json_where_json_was_asked_for(project: Folder) -> None:
    project.storyboard(CHOSEN)
    for words in (
        ["build", "--json", "--bogus"],
        ["build", "--json", "-j", "x"],
        ["pick", "--json"],
        ["bulid", "--json"],
    ):
        assert project.run(*words).expect(2).json["error"]["code"] == "RM700"


def test_an_output_that_cannot_be_placed_loses_nothing_else(project: Folder) -> None:
    """What only shows when it is put in its place; what is in the way beforehand is told beforehand (RM962)."""
    long = "x" * 260 + ".mp4"  # no disk takes such a name
    project.storyboard(CHOSEN + f"outputs: {{{long}: {{}}, sheet.png: {{}}}}\n")

    project.run("build").expect(1, stderr="RM960")

    assert (project.root / "build/sheet.png").is_file()
    assert (project.root / "reelmake.lock").read_text().count("park ") == 1
    project.storyboard(CHOSEN + "outputs: {cut.mp4: {}, sheet.png: {}}\n")
    assert project.build()["generated"] == 0


def test_a_run_leaves_no_work_in_progress(project: Folder) -> None:
    """A body may leave frames for a join that is not made again."""
    project.storyboard(CHOSEN)
    project.run("build").expect(0)
    assert not (project.root / ".reelmake/tmp").exists()


def test_a_folder_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xffad"))
    folder.mkdir()
    project = Folder(folder)
    project.storyboard(CHOSEN)
    project.run("build").expect(2, stderr="RM608")
