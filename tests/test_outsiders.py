"""What others have put on our shelves: it is found wherever it is installed, and nobody pays for looking."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

SPIN = 'NAME, PARAMS = "spin", ()\n'
POINTS = "[console_scripts]\nspin = spin:main\n\n[reelmake.transitions]\nspin = spin\n"
ASK = """
import sys
from reelmake import catalog
print("spin" in catalog.transitions(), "importlib.metadata" in sys.modules)
"""


def asked(place: Path) -> list[str]:
    """Is the transition there? Was the standard library's way to look for it taken?"""
    run = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(place)!r})\n{ASK}"]
    return subprocess.run(run, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("form", ["spin-1.0.dist-info", "spin.egg-info"])
def test_a_package_in_a_folder_is_found(tmp_path: Path, form: str) -> None:
    (tmp_path / form).mkdir()
    (tmp_path / form / "entry_points.txt").write_text(POINTS)
    (tmp_path / form / ("METADATA" if "dist" in form else "PKG-INFO")).write_text("Name: spin\nVersion: 1.0\n")
    (tmp_path / "spin.py").write_text(SPIN)
    assert asked(tmp_path)[0] == "True"


def test_a_package_in_an_archive_is_found(tmp_path: Path) -> None:
    archive = tmp_path / "spin.zip"
    with zipfile.ZipFile(archive, "w") as wheel:
        wheel.writestr("spin-1.0.dist-info/entry_points.txt", POINTS)
        wheel.writestr("spin-1.0.dist-info/METADATA", "Name: spin\nVersion: 1.0\n")
        wheel.writestr("spin.py", SPIN)
    assert asked(archive)[0] == "True"


def test_where_there_is_none_the_slow_way_to_look_is_not_taken(tmp_path: Path) -> None:
    assert asked(tmp_path) == ["False", "False"]
