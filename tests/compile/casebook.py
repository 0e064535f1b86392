"""Case files: a storyboard, its other files, and the exact picture of everything there is to say about it.

A case is a text with divider lines:

    # profile: ci            header lines: profile, set (name=value), missing (a path that is not there), encode, today
    reelmake: 1              the storyboard, from the first line on
    # ---- file cast.yaml    another file of the project
    # ---- expect            the drawings, or `clean`

`python tests/compile/casebook.py --write` writes what comes out into the cases: read the difference before keeping it.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

from reelmake.compile.stages import Shelves, compile_script, decode
from reelmake.diagnostics import Report, Source, draw
from reelmake.errors import LocalTool
from reelmake.model.compiled import Compiled
from reelmake.model.frame import Size
from reelmake.model.provider import OPERATIONS, Capabilities, Model
from reelmake.model.wish import Overrides
from reelmake.providers import comfyui, openai_videos

CASES = Path(__file__).parent / "cases"
KINDS = {
    "sketch": Capabilities(
        "sketch",
        "sketch/1",
        maker="reelmake.media.sketch:render",
        operations=frozenset(OPERATIONS),
        negative=True,
        last_image=True,
        references=True,
        price=Decimal(0),
        media=frozenset({"clip", "still", "speech", "music"}),
    ),
    "openai-videos": replace(openai_videos.CAPABILITIES, exact_image=False, uploads=False),
    "openai-speech": Capabilities("openai-speech", "openai-speech/1", media=frozenset({"speech"})),
    "comfyui": comfyui.CAPABILITIES,
    "lips": Capabilities(
        "lips",
        "lips/1",
        operations=frozenset({"generate", "lipsync"}),
        asked={("text", ""): frozenset({"prompt", "speech"}), ("lipsync", ""): frozenset({"source_url", "speech"})},
    ),
    "plain": Capabilities("plain", "plain/1", image=False, default_model="p-1", extras=frozenset({"cfg_scale"})),
}
MODELS = {
    "openai-videos": {
        "reel-2": Model(
            "reel-2",
            "openai-videos",
            sizes=(Size(1280, 720), Size(720, 1280)),
            seconds=(Fraction(4), Fraction(8), Fraction(12)),
            operations=frozenset({"generate", "remix"}),
            prices={0: Decimal("0.10")},
            sunset="2026-12-01",
            instead=("reel-3", "reel-4"),
            source="the vendor's guide",
            as_of="2026-11-21",
        ),
        "reel-3": Model("reel-3", "openai-videos", shortest=Fraction(3), longest=Fraction(10), image=False),
    },
    "sketch": {"cast-1": Model("cast-1", "sketch", references=1, last_image=False)},
}
TRANSITIONS = {"dissolve": frozenset[str](), "dip": frozenset({"color"}), "wipe": frozenset({"direction"})}
OUTPUTS = {
    ".mp4": frozenset({"crf", "preset"}),
    ".gif": frozenset({"fps"}),
    ".png": frozenset[str](),
    ".srt": frozenset[str](),
}


@dataclass
class Case:
    storyboard: str
    files: dict[str, str] = field(default_factory=dict)
    expect: str = ""

    def header(self, name: str) -> list[str]:
        return re.findall(rf"^# {name}: (.*)$", self.storyboard, re.M)

    def compile(self) -> Compiled:
        missing = self.header("missing")

        def open_text(path: str) -> Source:
            if path not in self.files:
                raise LocalTool("it is a folder")
            return Source(path, self.files[path])

        report = Report()
        encoding = (self.header("encode") or ["utf-8"])[0]
        root = decode("storyboard.yaml", self.storyboard.encode(encoding), report)
        if root is None:
            return Compiled((), (), tuple(report.sorted()))
        return compile_script(
            root,
            SimpleNamespace(open=open_text, exists=lambda path: path not in missing, barred=lambda path: None),
            Shelves(KINDS, TRANSITIONS, OUTPUTS, lambda kind: MODELS.get(kind, {})),
            Overrides("".join(self.header("profile")), tuple(line.split("=", 1) for line in self.header("set"))),
            today="".join(self.header("today")),
        )

    def drawn(self) -> str:
        script = self.compile()
        assert script.ok == bool(script.variants)
        return "\n\n".join(draw(d) for d in script.diagnostics) + "\n" if script.diagnostics else "clean\n"


def load(path: Path) -> Case:
    pieces = re.split(r"^# ---- (.*)\n", path.read_bytes().decode(), flags=re.M)
    case = Case(pieces[0])
    for name, text in zip(pieces[1::2], pieces[2::2], strict=True):
        if name == "expect":
            case.expect = text
        else:
            case.files[name.removeprefix("file ")] = text
    return case


def write(path: Path) -> None:
    """Replaces what a case expects by what comes out."""
    case = load(path)
    files = "".join(f"# ---- file {name}\n{text}" for name, text in case.files.items())
    path.write_bytes(f"{case.storyboard}{files}# ---- expect\n{case.drawn()}".encode())


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    for found in sorted(CASES.glob("*.yaml")):
        write(found)
