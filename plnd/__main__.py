"""`python -m plnd` is `plnd`."""

import sys

from plnd.cli import main

if __name__ == "__main__":
    sys.exit(main())
