"""The blocks of docs/how-to/from-python.md are one program, which runs against the fake server as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to" / "from-python.md"
SMALL = {"1280x720": "128x72", "(1280, 720)": "(128, 72)", "seconds=8": "seconds=2", "seconds=4": "seconds=1"}
SMALL |= {'"seconds": 4': '"seconds": 1'}


@pytest.mark.slow
def test_the_page_is_a_program_that_pays_for_each_shot_once(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), flags=re.DOTALL | re.MULTILINE)
    with FakeServer(ServerOptions(takes=0.5, key="let-me-in")) as server:
        text = "\n".join(["from tests.support import hurried", "hurried.now()", *blocks])
        for theirs, ours in {"http://localhost:8901/v1": server.base_url, **SMALL}.items():
            assert theirs in text
            text = text.replace(theirs, ours)
        (tmp_path / "page.py").write_text(text)
        homes = {"XDG_STATE_HOME": str(tmp_path / "state"), "PYTHONPATH": str(ROOT)}
        ran = subprocess.run(
            [sys.executable, "page.py"],
            cwd=tmp_path,
            env={**os.environ, **homes, "STUDIO_KEY": "let-me-in"},
            capture_output=True,
            text=True,
            timeout=120,
        )
        prompts = [line["prompt"] for line in server.bill]
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "making" in ran.stdout
    assert len(prompts) == len(set(prompts)) == 8
    made = {path.name for path in tmp_path.glob("*.mp4")}
    assert made >= {"walk.mp4", "show.mp4", "out.mp4"}
    assert len(made) == 6  # and one of each callback
