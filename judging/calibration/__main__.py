"""The command; see `judging.calibration.door`."""

import sys

from judging.calibration.door import main

if __name__ == "__main__":
    sys.exit(main())
