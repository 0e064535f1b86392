"""`.tsv`: a line for every shot of the cut, with when it begins and how large its clip is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from reelmake.assemble.output_options import OneOf, Option, chosen
from reelmake.assemble.steps import output_step
from reelmake.model.cut import Cut
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, Storyboard
from reelmake.model.take import Facts
from reelmake.model.work import Work
from reelmake.ports import Tell

SUFFIXES = (".tsv",)
OPTIONS: Mapping[str, Option] = {"head": Option(True, "a line with the names of the columns", OneOf((True, False)))}


@dataclass(frozen=True, slots=True)
class ShotListWork(Work):
    """Its fields are the key, with the version of this package: shots and where each begins, in seconds."""

    MAKER = "reelmake_sample.output:written"
    SUFFIX = ".tsv"
    STEADY = False  # sizes of files are asked, not what is in them

    shots: tuple[tuple[str, Fraction], ...]
    head: bool


def steps(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str) -> list[Step]:
    shots = tuple((entry.shot, entry.at / cut.fps) for entry in cut.entries)
    inputs = tuple(replace(clips[entry.shot], label=f"clip {n:03}") for n, entry in enumerate(cut.entries))
    work = ShotListWork(shots, bool(chosen(OPTIONS, output, "head")))
    return [output_step(board.address(output.path), f"{root}/{output.path}", work, inputs, cut.shots)]


def written(work: ShotListWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """In a worker process, without network or keys."""
    rows = ["begins\tshot\tbytes"] if work.head else []
    for n, (shot, begins) in enumerate(work.shots):
        rows.append(f"{float(begins):.3f}\t{shot}\t{inputs[f'clip {n:03}'].stat().st_size}")
    into.write_text("\n".join(rows) + "\n", "utf-8")
    return Facts(into.stat().st_size)
