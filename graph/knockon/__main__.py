"""The `knockon` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; a foreseen failure is one line on stderr and exit code 2."""
    from knockon.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
