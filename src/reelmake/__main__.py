"""`python -m reelmake`."""

import os
import sys

try:
    here = os.getcwd()
except FileNotFoundError:
    here = ""  # the folder was deleted: nothing is found there
if here and sys.path[0] == here != os.path.dirname(os.path.dirname(__file__)):
    del sys.path[0]  # -m looks there first: a folder of the project may be called as a module is

from reelmake.app import main

if __name__ == "__main__":
    sys.exit(main())
