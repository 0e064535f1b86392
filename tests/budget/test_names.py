"""The public names are what they are, whatever was imported before."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("before", ["", "import reelmake.app", "from reelmake.plan.key import digest", "reelmake.load"])
def test_the_public_names_are_no_modules(before: str) -> None:
    asks = f"import reelmake\n{before}\nimport types\n"
    asks += "wrong = [n for n in reelmake.__all__ if isinstance(getattr(reelmake, n), types.ModuleType)]\n"
    asks += "assert wrong == ['errors', 'events'], wrong\nassert callable(reelmake.plan)"

    ran = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True)

    assert ran.returncode == 0, ran.stderr
