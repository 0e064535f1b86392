"""Distributions as users have them: built into wheels, and installed into an environment of their own.

Nothing is fetched: what they need is lent by the environment that the tests run in. Knows nothing of what is in them.
"""

from __future__ import annotations

import shutil
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
    be edited: reelmake is the one that was installed here. Installs with uv if it is there, as `make` does."""

    def __init__(self, root: Path) -> None:
        self._uv = shutil.which("uv")
        venv.create(root, with_pip=self._uv is None)
        self.python = str(root / "bin" / "python")
        ask = [self.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
        site = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
        Path(site, "lent.pth").write_text(sysconfig.get_path("purelib"))

    def install(self, file: Path) -> None:
        """A wheel, in the place of the version that was installed before."""
        pip = [self.python, "-m", "pip", "install"]
        if self._uv:
            pip = [self._uv, "pip", "install", "--python", self.python, "--offline", "--no-cache", "--compile-bytecode"]
        subprocess.run([*pip, "--no-index", "--no-deps", "--quiet", str(file)], capture_output=True, check=True)
