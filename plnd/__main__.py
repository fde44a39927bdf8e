"""`python -m plnd` is `plnd`."""

import sys

from plnd.terminal.main import main

if __name__ == "__main__":
    sys.exit(main())
