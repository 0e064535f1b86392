"""Distributions as users have them: built into wheels, and installed into an environment of their own.

Nothing is fetched: what they need is lent by the environment that the tests run in. Knows nothing of what is in them.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]


def wheel(source: Path, into: Path) -> Path:
    """The wheel of a source tree, in a folder that has none."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(into)]
    subprocess.run(build, cwd=source, capture_output=True, check=True)
    return next(into.glob("*.whl"))


class Environment:
    """A virtual environment at `root`. Packages that the tests' own has can be imported, less those installed there to
    be edited: reelmake is the one that was installed here."""

    def __init__(self, root: Path) -> None:
        venv.create(root, with_pip=True)
        self.python = str(root / "bin" / "python")
        site = subprocess.run(
            [self.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        Path(site.stdout.strip(), "lent.pth").write_text(sysconfig.get_path("purelib"))

    def install(self, file: Path) -> None:
        """A wheel, in the place of the version that was installed before."""
        self._pip("install", "--no-index", "--no-deps", "--quiet", str(file))

    def _pip(self, *words: str) -> None:
        subprocess.run([self.python, "-m", "pip", *words], capture_output=True, check=True)
