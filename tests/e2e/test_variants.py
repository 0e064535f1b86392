"""A matrix of many rows at a provider: a refused shot fails its own row; one table and one file say how all stand."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.desk import Post, post

pytestmark = pytest.mark.slow

ROWS = 24
SHOTS = """\
fps: 4
matrix: {csv: cities.csv}
shots:
  arrival: {prompt: "A tram arrives in ${city}.", extras: {script: ["${script}"]}}
  ticket: {prompt: A hand holds a ticket.}
outputs: {"${city}.mp4": {}, "sheets/${city}.jpg": {}}
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    with post(tmp_path / "film", monkeypatch, deterministic=True) as open_:
        open_.board(SHOTS)
        yield open_


def cities(desk: Post, *offends: int) -> None:
    lines = [f"City {n:02},{'400-moderation' if n in offends else 'pending'}" for n in range(ROWS)]
    (desk.root / "cities.csv").write_text("\n".join(["city,script", *lines]) + "\n")


def summary(desk: Post) -> dict[str, dict[str, str]]:
    with (desk.root / "build" / "summary.csv").open(newline="") as file:
        return {row["variant"]: row for row in csv.DictReader(file)}


def test_a_refused_shot_fails_its_own_row_and_the_rest_is_made(desk: Post) -> None:
    cities(desk, 7, 19)
    ran = desk.build().expect(1)

    *failed, last = ran.stdout.splitlines()
    assert [line.split()[:3] for line in failed] == [["city-07", "failed", "RM921"], ["city-19", "failed", "RM921"]]
    assert last == f"{ROWS - 2} of {ROWS} variants are made, 2 failed; all are in build/summary.csv"
    assert ran.stderr.count('shot "city-07/arrival"') == 1
    assert not (desk.root / "build" / "City 07.mp4").exists()
    assert not (desk.root / "build" / "sheets" / "City 07.jpg").exists()
    assert len(list((desk.root / "build").glob("*.mp4"))) == ROWS - 2

    rows = summary(desk)
    assert list(rows) == [f"city-{n:02}" for n in range(ROWS)]
    assert rows["city-03"]["outputs"] == "build/City 03.mp4;build/sheets/City 03.jpg"
    assert (rows["city-03"]["state"], rows["city-03"]["seconds"], rows["city-03"]["error"]) == ("made", "2.000", "")
    assert rows["city-03"]["made"].startswith("20")
    assert rows["city-07"]["state"] == "failed"
    assert rows["city-07"]["error"].startswith('RM921 shot "city-07/arrival": ')
    paid = sum(float(row["cost_usd"]) for row in rows.values())  # the ticket counts once, for the first row
    assert (paid, float(rows["city-00"]["cost_usd"])) == (pytest.approx(desk.ledger["spent"]), pytest.approx(0.2))

    others = {film: film.stat().st_mtime_ns for film in (desk.root / "build").rglob("City *")}
    cities(desk)  # they do not offend any more: two orders, two films, two sheets
    orders = desk.orders
    mended = desk.build("--json").expect(0).json
    assert (desk.orders - orders, mended["generated"]) == (2, 2)
    assert {film: film.stat().st_mtime_ns for film in others} == others
    assert [v["variant"] for v in mended["variants"] if v["new"]] == ["city-07", "city-19"]
    assert {row["state"] for row in summary(desk).values()} == {"made"}

    file = desk.root / "build" / "summary.csv"
    text, written = file.read_text(), file.stat().st_mtime_ns
    desk.build().expect(0, stdout=f"{ROWS} of {ROWS} variants are made; all are in build/summary.csv")
    desk.build("City 03.mp4").expect(0, stdout="build/City 03.mp4")  # narrowed: it says nothing of the others
    assert (file.read_text(), file.stat().st_mtime_ns) == (text, written)
    file.unlink()
    desk.build().expect(0)
    assert file.read_text() == text


def test_few_rows_are_told_one_by_one_and_a_shared_shot_fails_all(desk: Post) -> None:
    desk.board(
        SHOTS.replace("{csv: cities.csv}", "{city: [Lisbon, Oslo], script: [pending]}").replace(
            "A hand holds a ticket.", "A hand holds a ticket., extras: {script: [400-moderation]}"
        )
    )
    ran = desk.build().expect(1, stderr="without lisbon-pending, oslo-pending")
    assert ran.stdout == ""
    assert {row["error"].partition(":")[0] for row in summary(desk).values()} == {'RM921 shot "lisbon-pending/ticket"'}


def test_what_is_in_its_way_is_told_and_stops_nothing(desk: Post) -> None:
    cities(desk)
    desk.board(SHOTS.replace("{csv: cities.csv}", "{city: [Lisbon, Oslo], script: [pending]}"))
    (desk.root / "build" / "summary.csv").mkdir(parents=True)

    desk.build().expect(0, stderr="build/summary.csv is not written: ")
    assert (desk.root / "build" / "Oslo.mp4").exists()
