"""Local work on a real Dask cluster: the same bytes as here, whoever is lost, and nothing goes on when nobody waits."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reelmake.media import cluster as clusters
from reelmake.media import ffmpeg
from reelmake.media.pool import Pool
from reelmake.prep.tools import toolbox
from reelmake.session.executor import own_shelf
from tests.support.dask_cluster import WATCHED, DaskCluster, dask_cluster
from tests.support.film import footage
from tests.support.folder import Folder
from tests.support.moto import S3
from tests.support.prying import PryingWork

pytestmark = pytest.mark.slow
SHOTS = 8
HALVING = """
import reelmake.media.cluster_worker as here
here.real = getattr(here, "real", here.Bench.give)
here.Bench.give = lambda bench, file, at: here.real(bench, file, at)[: file.size // 2 - at]
"""
TAKING = """
import reelmake.media.cluster_worker as here
def told(bench, file, run, at, piece):
    print("TAKEN", file.digest, flush=True)
    return here.real(bench, file, run, at, piece)
here.real = getattr(here, "real", here.Bench.take)
here.Bench.take = told
"""
HASTY = "import reelmake.media.cluster_worker as here\nhere.LEASE = 2.0\n"
OTHER = """
from dataclasses import replace
import reelmake.media.cluster_worker as here
here.real = getattr(here, "real", here._introduce)
here._introduce = lambda tools, bench: replace(here.real(tools, bench), specimen="0" * 64)
"""


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[DaskCluster]:
    with dask_cluster(tmp_path / "cluster") as found:
        yield found


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Footage with titles and transitions, a drawn shot and sound; cut by this machine."""
    film = Folder(tmp_path_factory.mktemp("here") / "film")
    film.root.mkdir()
    for number in range(SHOTS):
        footage(film.root / f"{number}.mp4", number, 36, grain=2.0, sound=lambda times: 0.1 * (times % 0.01) * 100)
    shots = [f"  s{number}: {{file: {number}.mp4}}" for number in range(SHOTS)]
    cut = [f"  - {{shot: s{number}, title: Nummer {number}, into: dissolve}}" for number in range(SHOTS)]
    drawn = ["  drawn: {prompt: A kite over the harbour., seconds: 1}"]
    film.storyboard("\n".join(["shots:", *shots, *drawn, "cut:", *cut, "  - drawn"]) + "\n")
    film.run("build").expect()
    return film


@pytest.fixture
def film(here: Folder, tmp_path: Path) -> Folder:
    """The same, of which nothing is made."""
    film = here.copy(tmp_path / "film")
    for made in (".reelmake", "build"):
        shutil.rmtree(film.root / made)
    (film.root / "reelmake.lock").unlink(missing_ok=True)
    return film


def soon(true: Callable[[], object], seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.05)
    return False


def test_a_cluster_makes_the_bytes_of_this_machine(here: Folder, film: Folder, cluster: DaskCluster) -> None:
    cluster.work("near")  # it sees the folder of the film
    cluster.work("far", REELMAKE_SHARED="")  # everything is sent there
    made = film.run("build", "--executor", cluster.executor, "--events", "events.jsonl").expect()
    assert "left out" not in made.stderr
    assert film.cut() == here.cut()
    artifacts = {file.stem for file in (film.root / ".reelmake" / "store").glob("*/*")}
    assert artifacts == (cluster.has("near") | cluster.has("far")) & artifacts  # nothing was done here
    sources = {file.stem for file in cluster.root.glob("far/*/*/reelmake/*.mp4")} - artifacts
    assert sources  # footage was sent to who does not see it,
    assert not cluster.has("near") - artifacts  # and to nobody else
    told = [json.loads(line) for line in (film.root / "events.jsonl").read_text().splitlines()]
    assert any(event.get("fraction") for event in told)
    cluster.scheduler.kill()
    film.run("build", "--executor", cluster.executor).expect()  # nothing to do asks nobody


def test_what_is_in_a_bucket_is_not_sent(here: Folder, film: Folder, cluster: DaskCluster, tmp_path: Path) -> None:
    with S3() as s3:
        first = film.copy(tmp_path / "first")
        for project in (first, film):
            project.env |= s3.env
        first.run("build").expect()  # and what the lock file names is pushed
        drawn = next(job["key"] for job in first.plan()["jobs"] if job["shot"] == "drawn")
        record = json.loads((first.root / ".reelmake" / "takes" / drawn[:2] / f"{drawn}.json").read_text())
        clip: str = record["digest"]
        assert any(clip in name for name in s3.names())
        shutil.copy(first.root / "reelmake.lock", film.root)
        cluster.work("one", preload=TAKING, REELMAKE_SHARED="", **s3.env)
        film.run("build", "--executor", cluster.executor).expect()
    assert film.cut() == here.cut()
    assert cluster.said("one").count("TAKEN") == SHOTS  # the footage
    assert clip in cluster.has("one")
    assert clip not in cluster.said("one")


def test_a_lost_workers_work_is_done_again_and_nothing_else(here: Folder, film: Folder, cluster: DaskCluster) -> None:
    cluster.work("lost", "left", preload=WATCHED)
    build = film.start("build", "--executor", cluster.executor)
    assert soon(lambda: len(cluster.begun("lost")) > 2)
    cluster.kill("lost")
    last = cluster.begun("lost")[-1]
    _, said = build.communicate(timeout=120)
    assert build.returncode == 0, said
    assert "is lost" in said
    assert film.cut() == here.cut()
    twice = {key for key, count in Counter(cluster.begun("lost") + cluster.begun("left")).items() if count > 1}
    assert twice <= {last}


def test_half_a_file_is_none(here: Folder, film: Folder, cluster: DaskCluster) -> None:
    cluster.work("torn", preload=HALVING)
    cluster.work("whole")
    made = film.run("build", "--executor", cluster.executor).expect(stderr="what it made does not arrive whole")
    assert film.cut() == here.cut(), made.stderr


def test_who_differs_is_left_out_and_named(here: Folder, film: Folder, cluster: DaskCluster, tmp_path: Path) -> None:
    other = tmp_path / "ffmpeg"
    asked = f'case "$*" in *-version*) echo "ffmpeg version 5.0-odd Copyright";; *) exec {ffmpeg.program()} "$@";; esac'
    other.write_text(f"#!/bin/sh\n{asked}\n")
    other.chmod(0o755)
    film.run("build", "--executor", "127.0.0.1:8786").expect(2, stderr="RM990")
    without = "import importlib.util as here\nfind = here.find_spec\n"
    without += "here.find_spec = lambda name, *more: None if name == 'distributed' else find(name, *more)\n"
    (tmp_path / "sitecustomize.py").write_text(without)
    film.env["PYTHONPATH"] = str(tmp_path)
    film.run("build", "--executor", cluster.executor).expect(3, stderr='pip install "reelmake[dask]"')
    del film.env["PYTHONPATH"]
    cluster.work("older", REELMAKE_FFMPEG=str(other))
    cluster.work("stranger", preload=OTHER)
    refused = film.run("build", "--executor", cluster.executor).expect(3, stderr="RM992")
    assert "is left out: ffmpeg is 5.0-odd" in refused.stderr
    assert "is left out: it has the same programs, and makes other bytes of a specimen" in refused.stderr
    assert "(2 left out)" in refused.stderr
    assert not (film.root / "build").exists()
    cluster.work("same")
    film.run("build", "--executor", cluster.executor).expect(stderr="5.0-odd")
    assert film.cut() == here.cut()
    assert not cluster.has("older") | cluster.has("stranger")


def test_nothing_goes_on_when_nobody_waits(project: Folder, cluster: DaskCluster) -> None:
    project.storyboard("defaults: {size: 1280x720}\nshots: {a: {color: red, seconds: 3000}}\n", head="reelmake: 1\n")
    cluster.work("one", preload=HASTY)
    for how, times in ((signal.SIGINT, 2), (signal.SIGKILL, 1)):
        build = project.start("build", "--executor", cluster.executor, "--events", "events.jsonl")
        assert soon(lambda: '"fraction": 0' in _read(project.root / "events.jsonl"))
        assert cluster.cells()
        for _ in range(times):
            build.send_signal(how)
            time.sleep(0.2)
        _, said = build.communicate(timeout=30)
        assert "Traceback" not in said
        assert soon(lambda: not cluster.cells(), 12), how
        (project.root / "events.jsonl").unlink()


def _read(file: Path) -> str:
    return file.read_text() if file.exists() else ""


def test_a_scheduler_that_is_gone_ends_the_build_and_not_what_was_made(
    here: Folder, film: Folder, cluster: DaskCluster
) -> None:
    cluster.work("one", preload=WATCHED)
    film.env["PYTHONPATH"] = str(cluster.root)
    hurried = "import reelmake.media.cluster as here\nhere.EXPECTED = here.REACHED = 2.0\n"
    (cluster.root / "sitecustomize.py").write_text(hurried)
    build = film.start("build", "--executor", cluster.executor)
    assert soon(lambda: len(cluster.begun("one")) > 3)
    cluster.scheduler.kill()
    _, said = build.communicate(timeout=90)
    assert build.returncode == 1, said
    assert "RM993" in said
    assert "Traceback" not in said
    rest = film.run("build", "--json").expect().json
    assert rest["outputs"]
    assert film.cut() == here.cut()
    film.run("build", "--executor", cluster.executor).expect()
    (film.root / "0.mp4").unlink()
    footage(film.root / "0.mp4", 9, 36)
    film.run("build", "--executor", cluster.executor).expect(3, stderr="no Dask scheduler answers")


def test_a_worker_works_in_a_cell(cluster: DaskCluster, tmp_path: Path) -> None:
    cluster.work("one", REELMAKE_SHARED="", STUDIO_KEY="sk-1")
    told: list[str] = []
    (tmp_path / "given.txt").write_text("of the one who asks")

    async def pried() -> None:
        pool, asks = Pool(1), clusters.Questions(toolbox([]), own_shelf)
        async with clusters.cluster(cluster.address, asks, told.append, pool) as crew:
            given = {"clip": tmp_path / "given.txt"}
            await crew.perform(
                "k", PryingWork(), given, tmp_path / "out.json", lambda fraction, word: told.append(word)
            )
        pool.close()

    asyncio.run(pried())
    found = json.loads((tmp_path / "out.json").read_text())
    assert found == {
        "secret": "",
        "network": "PermissionError",
        "program": "PermissionError",
        "input": "of the one who asks",
    }
    assert told == ["half"]
