"""reelmake: make for AI video. `load`, `plan`, `build` and their awaitable twins do what the commands do.

Imports nothing until a name is used, so that a build with nothing to do starts as fast as Python itself.
"""

from __future__ import annotations

from reelmake.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from reelmake.api import Plan, Project, Result, abuild, aload, aplan, build, load, plan

__all__ = ["Plan", "Project", "Result", "__version__", "abuild", "aload", "aplan", "build", "load", "plan"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from reelmake import api

        return getattr(api, name)
    raise AttributeError(f"module 'reelmake' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
