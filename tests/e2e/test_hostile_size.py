"""Files that are made to keep us busy: millions of mistakes, brackets in brackets, numbers without an end, boards that
come to more than fits. Each is told within seconds, and nothing leaves a trace of Python."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from reelmake.assemble.output_options import Number, Seconds
from reelmake.diagnostics import MOST, how_many
from reelmake.model.json_value import json_object
from reelmake.model.time import exact
from reelmake.session.project import read
from reelmake.session.workspace import Workspace
from reelmake.store.lines import draw, parse
from tests.support.folder import Folder

DEEP = "[" * 100_000


@pytest.fixture(autouse=True)
def alarm() -> Iterator[None]:
    """Before, the first of these took minutes."""

    def ring(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(120)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


KEYS = "".join(f"k{n}: 1\n" for n in range(50_000))
NAMES = "".join(f"  shot-number-{n}: {{prompt: A kite.}}\n" for n in range(5000))
WRONG = "".join(f"  - shit-numbre-{n}\n" for n in range(2000))
MANY = {
    "keys": ("reelmake: 1\nshots:\n  a: {prompt: A kite.}\n" + KEYS, 50_000),
    "keys of a shot": ("reelmake: 1\nshots:\n  a:\n    prompt: A kite.\n" + KEYS.replace("k", "    k"), 50_000),
    "names": ("reelmake: 1\nshots:\n" + NAMES + "cut:\n" + WRONG, 2000),
    "variables": (
        "reelmake: 1\nvars:\n"
        + "".join(f"  var{n}: a\n" for n in range(5000))
        + "shots:\n"
        + "".join(f"  s{n}: {{prompt: 'A ${{vra{n}x}}'}}\n" for n in range(2000)),
        2000,
    ),
    "twice": ("reelmake: 1\nshots:\n" + "  a: {prompt: A kite.}\n" * 20_000, 19_999),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", MANY)
def test_so_many_mistakes_are_counted_and_the_first_are_shown(tmp_path: Path, what: str) -> None:
    text, count = MANY[what]
    (tmp_path / "storyboard.yaml").write_text(text)
    found = read(Workspace(tmp_path / "storyboard.yaml")).script.diagnostics
    assert len(found) == MOST + 1
    assert found[-1].message == f"{count - MOST:,} more errors"
    assert how_many(found) == {"error": count, "warning": 0}
    assert sum("did you mean" in d.hint for d in found) <= 20


def test_a_few_mistakes_in_many_variants_are_a_few(project: Folder) -> None:
    """Each variant says the same of the same line."""
    project.storyboard(f"matrix: {{n: {list(range(300))}}}\nshots: {{a: {{prompt: 'A ${{n}}', remix: b}}}}\n")
    told = project.run("check", "--json").expect(2).json["diagnostics"]
    assert len(told) == 1
    project.run("check").expect(2, stderr="1 error\n")


FILES = {
    "storyboard.yaml": "reelmake: 1\nshots: " + DEEP,
    "x.yaml": "tiers: " + "{a: " * 100_000,
    "reelmake.lock": "a " + DEEP + "\n",
    ".reelmake/footage.json": DEEP,
    ".reelmake/digests.json": '{"a":' * 100_000,
    ".reelmake/models.json": DEEP,
    ".reelmake/pace.json": DEEP,
    ".reelmake/gone.json": DEEP,
    ".reelmake/runs.jsonl": DEEP + "\n",
}


@pytest.mark.parametrize("name", FILES)
def test_brackets_in_brackets_are_a_mistake_or_nothing(project: Folder, name: str) -> None:
    project.storyboard("include: x.yaml\nshots: {a: {prompt: A kite.}}\n")
    project.write("x.yaml", "tiers: {}\n")
    project.write(name, FILES[name])
    ours = name.startswith(".reelmake")
    ran = project.run("plan").expect(0 if ours else 2)
    assert ours or f"{name}:" in ran.stderr
    assert len(ran.stderr) < 5_000
    if "runs" in name:
        project.run("log").expect()


def test_so_are_records_and_lines_of_the_journal() -> None:
    body = DEEP.encode()
    with pytest.raises(ValueError, match="deep"):
        json_object(body)
    assert parse(draw({"a": 1}).strip()) == {"a": 1}
    import zlib

    assert parse(b"%x %08x %s" % (len(body), zlib.crc32(body), body)) is None


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs sparse files")
@pytest.mark.parametrize("name", ["storyboard.yaml", "x.yaml", "x.csv", "x.srt", "reelmake.lock"])
def test_a_file_of_a_terabyte_is_not_read(project: Folder, name: str) -> None:
    words = {"x.yaml": "include: x.yaml\n", "x.csv": "matrix: x.csv\n", "x.srt": "captions: {file: x.srt}\n"}
    project.storyboard(words.get(name, "") + "shots: {a: {prompt: A kite.}}\n")
    with (project.root / name).open("ab") as file:
        file.truncate(10**12)
    project.run("check").expect(2, stderr="MB")


@pytest.mark.parametrize("text", ["1e99999999", "1E-99999999", "1" * 5000, "1/0", "0." + "1" * 300])
def test_a_number_without_an_end_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match=r"number|divided"):
        exact(text)
    for rule in (Seconds(), Number(0, 10)):
        with pytest.raises(ValueError):
            rule.read(text)


def test_what_a_message_quotes_is_cut(project: Folder) -> None:
    project.storyboard(f"shots: {{a: {{file: {'x' * 1_000_000}}}}}\n")
    ran = project.run("check").expect(2, stderr="RM614")
    assert len(ran.stderr) < 5_000
    assert len(project.run("check", "--json").expect(2).stdout) < 5_000


def test_nor_is_it_one_in_an_output(project: Folder) -> None:
    project.storyboard("shots: {a: {prompt: A kite.}}\noutputs: {x.png: {at: 1e99999999}, y.gif: {fps: 1e99999999}}\n")
    project.run("check").expect(2, stderr="a number of seconds, not 1e99999999")


def test_a_board_that_comes_to_millions_of_steps_is_told_and_who_runs_it_may_allow_it(project: Folder) -> None:
    numbers = f"[{', '.join(map(str, range(100)))}]"
    shots = "".join(f"  s{n}: {{prompt: A kite.}}\n" for n in range(200))
    project.storyboard(f"matrix: {{a: {numbers}, b: {numbers}}}\nshots:\n{shots}")
    told = project.run("build").expect(2, stderr="error[RM616]: this storyboard comes to 2,000,000 steps")
    assert "REELMAKE_MOST_STEPS=2000000" in told.stderr
    ladder = f"[{', '.join(map(str, range(64, 4321, 2)))}]"
    project.storyboard(f"shots:\n{shots}outputs: {{live.m3u8: {{qualities: {ladder}}}}}\n")
    project.run("plan").expect(2, stderr="856,058 steps (200 shots)")
    project.storyboard("matrix: {a: [1, 2]}\nshots: {s: {prompt: A kite.}}\n")
    project.env["REELMAKE_MOST_STEPS"] = "9"
    project.run("plan").expect(2, stderr="10 steps (2 variants of 1 shot); 9 is the limit")
    project.env["REELMAKE_MOST_STEPS"] = "10"
    project.run("plan").expect(0)
