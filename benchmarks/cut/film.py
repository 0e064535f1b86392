"""A project whose shots are the clips, and its storyboard in the shapes that the parts cut."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import footage
from measure import Cost, measured

KEY = "BENCH_KEY"  # the variable with the secret of a provider
NO_FRAMES = ("sound", "reel")  # the kinds of steps that neither draw nor copy a frame


class Film:
    """`shots`: what stands behind each shot's id, `head` what stands before them, with the size."""

    def __init__(self, folder: Path, shots: Sequence[str], head: str) -> None:
        self.folder, self.shots, self.head = folder, list(shots), head
        folder.mkdir()
        shutil.copy(footage.music(), folder / "bed.flac")
        self.reel = folder / "build" / "cut.mp4"

    @classmethod
    def of(cls, folder: Path, clips: Sequence[Path], size: str) -> Film:
        """Of footage, which is copied into the folder."""
        film = cls(folder, [f"{{file: {n:03}.mp4}}" for n in range(len(clips))], f"defaults: {{size: {size}}}")
        for number, clip in enumerate(clips):
            film.replace(number, clip)
        return film

    def replace(self, number: int, clip: Path) -> None:
        """From now on a shot is another clip."""
        shutil.copy(clip, self.folder / f"{number:03}.mp4")

    def write(
        self, *, into: str = "", hard: int = -1, title: str = "", gain: int | None = None, **options: str
    ) -> None:
        """Every shot once. `into` between all but after the one numbered `hard`; the title lies on the second."""
        last = len(self.shots) - 1
        lines = ["reelmake: 1", "title: Bench", self.head, "shots:"]
        lines += [f"  s{n}: {shot}" for n, shot in enumerate(self.shots)]
        lines += ["cut:"]
        for n in range(len(self.shots)):
            joined = f", into: {{{into}}}" if into and n not in (hard, last) else ""
            words = f", title: {json.dumps(title)}" if title and n == 1 else ""
            lines.append(f"  - {{shot: s{n}{joined}{words}}}")
        if gain is not None:
            lines.append(f"sound: {{music: {{file: bed.flac, gain: {gain}}}}}")
        lines.append(f"outputs: {{cut.mp4: {json.dumps(options)}}}")
        (self.folder / "storyboard.yaml").write_text("\n".join(lines) + "\n")

    def forget(self) -> None:
        """As if it had never been built."""
        for made in (".reelmake", "build"):
            shutil.rmtree(self.folder / made, ignore_errors=True)
        (self.folder / "reelmake.lock").unlink(missing_ok=True)

    def build(self, *more: str) -> Cost:
        """`reelmake build`, with what it costs."""
        command = [sys.executable, "-m", "reelmake", "build", "--quiet", *more]
        return measured(command, self.folder, {KEY: "any"})

    def anew(self, *more: str) -> Cost:
        self.forget()
        return self.build(*more)

    def drawn(self) -> tuple[Cost, int]:
        """A build, and how many steps made frames in it."""
        cost = self.build("--events", "events.jsonl")
        events = [json.loads(line) for line in (self.folder / "events.jsonl").read_text().splitlines()]
        done = [e for e in events if e["event"] == "StepDone" and e["made"]]
        return cost, sum(e["kind"] not in NO_FRAMES for e in done)
