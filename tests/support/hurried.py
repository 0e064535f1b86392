"""The real command, with the waits of a loopback server instead of a vendor's: `python -m tests.support.hurried build`.

What is shortened are times only: how long a lost order may need to show up in a list, and how soon polls come.
"""

from __future__ import annotations

import sys

from reelmake.plan import pace

pace.ARRIVED = 0.3
pace.SOONEST_POLL = 0.05

if __name__ == "__main__":
    from reelmake.app import main

    sys.exit(main())
