"""A work that looks around where it is done, and writes down what it could do there."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from reelmake.model.take import Facts
from reelmake.model.work import Work
from reelmake.ports import Tell
from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class PryingWork(Work):
    MAKER = "tests.support.prying:pry"
    SUFFIX = ".json"
    STEADY = False


def pry(work: PryingWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    tell(0.5, "half")
    found = {"secret": os.environ.get("STUDIO_KEY", ""), "network": "", "program": ""}
    for name, act in (("network", socket.socket), ("program", lambda: subprocess.run([sys.executable, "-V"]))):
        try:
            act()
        except OSError as error:
            found[name] = type(error).__name__
    found["input"] = inputs["clip"].read_text()
    into.write_text(json.dumps(found))
    return Facts(bytes=into.stat().st_size)
