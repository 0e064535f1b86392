"""reelmake: make for AI video. `load`, `plan`, `build` and their awaitable twins do what the commands do.

Imports nothing until a name is used, so that a build with nothing to do starts as fast as Python itself.
"""

from __future__ import annotations

__version__ = "0.1.0"
