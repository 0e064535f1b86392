"""What is left of a machine's memory, read from what Linux says of it; a container may be told less."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reelmake.media.machine import spare

GB = 1 << 30
Say = Callable[[dict[str, str]], Path]


@pytest.fixture
def told(tmp_path: Path) -> Say:
    """Writes what the system says of itself."""

    def say(files: dict[str, str]) -> Path:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return tmp_path

    return say


MACHINE = {"proc/meminfo": f"MemTotal: {16 * GB >> 10} kB\nMemAvailable: {8 * GB >> 10} kB\n"}


def test_three_quarters_of_what_is_free(told: Say) -> None:
    assert spare(told(MACHINE)) == 6 * GB


def test_a_group_may_have_less_and_so_may_the_one_around_it(told: Say) -> None:
    groups = {
        "proc/self/cgroup": "0::/job/step\n",
        "sys/fs/cgroup/job/step/memory.max": "max\n",
        "sys/fs/cgroup/job/step/memory.current": "1000\n",
        "sys/fs/cgroup/job/memory.max": f"{4 * GB}\n",
        "sys/fs/cgroup/job/memory.current": f"{3 * GB}\n",
        "sys/fs/cgroup/job/memory.stat": f"anon 5\ninactive_file {GB}\nslab 7\n",
    }
    assert spare(told(MACHINE | groups)) == 1.5 * GB  # 4 - 3 + 1, and three quarters of that


def test_groups_of_the_first_kind(told: Say) -> None:
    groups = {
        "proc/self/cgroup": "9:cpu,cpuacct:/other\n4:memory:/docker/x\n",
        "sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes": f"{2 * GB}\n",
        "sys/fs/cgroup/memory/docker/x/memory.usage_in_bytes": f"{GB}\n",
        "sys/fs/cgroup/memory/docker/x/memory.stat": f"inactive_file 7\ntotal_inactive_file {GB // 2}\n",
    }
    assert spare(told(MACHINE | groups)) == 1.125 * GB  # 2 - 1 + 1/2, and three quarters of that


def test_a_group_without_anything_left(told: Say) -> None:
    groups = {
        "proc/self/cgroup": "0::/\n",
        "sys/fs/cgroup/memory.max": f"{GB}\n",
        "sys/fs/cgroup/memory.current": f"{2 * GB}\n",
    }
    assert spare(told(MACHINE | groups)) == 0


def test_this_machine_has_some() -> None:
    assert (spare() or 0) > 0
