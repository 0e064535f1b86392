"""reelmake: make for AI video. `load`, `plan`, `build` and the others here do what the commands do.

Imports nothing until a name is used, so that a build with nothing to do starts as fast as Python itself.
"""

from __future__ import annotations

import sys
from types import ModuleType

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from reelmake import errors
    from reelmake.api import (
        Clip,
        Plan,
        Project,
        Result,
        ShotStatus,
        abuild,
        adownload,
        aload,
        apick,
        aplan,
        aretake,
        ashoot,
        astatus,
        atakes,
        build,
        download,
        load,
        pick,
        plan,
        retake,
        shoot,
        status,
        takes,
    )  # fmt: skip
    from reelmake.model import events

_MODULES = {"errors": "reelmake.errors", "events": "reelmake.model.events"}

__all__ = [
    "Clip", "Plan", "Project", "Result", "ShotStatus", "__version__",
    "abuild", "adownload", "aload", "apick", "aplan", "aretake", "ashoot", "astatus", "atakes",
    "build", "download", "errors", "events", "load", "pick", "plan", "retake", "shoot", "status", "takes",
]  # fmt: skip


class _Package(ModuleType):
    """Keeps `reelmake.plan` the function: importing the folder of that name would put the module in its place."""

    def __setattr__(self, name: str, value: object) -> None:
        if name in _MODULES or not (name in __all__ and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> object:
    if name in _MODULES:
        from importlib import import_module

        return import_module(_MODULES[name])
    if name in __all__:
        from reelmake import api

        return getattr(api, name)
    raise AttributeError(f"module 'reelmake' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
