"""`python -m neuronet` is the command line."""

import sys

from neuronet.cli import main

if __name__ == "__main__":
    sys.exit(main())
