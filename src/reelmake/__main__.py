"""`python -m reelmake`."""

import sys

from reelmake.app import main

if __name__ == "__main__":
    sys.exit(main())
