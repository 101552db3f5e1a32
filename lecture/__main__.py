"""Writes the lecture's page: `python -m lecture [PATH]`, without a path `docs/index.html`.

With `--screenshot` it writes `docs/lecture.png` instead, a picture of a part of the page, which needs Chromium.
"""

from __future__ import annotations

import sys
from pathlib import Path

from foundation.user_error import UserError
from lecture import page


def main(arguments: list[str]) -> int:
    """Writes the page and says where."""
    try:
        if arguments == ["--screenshot"]:
            from lecture import screenshot

            print(screenshot.write())
            return 0
        if len(arguments) > 1 or any(argument.startswith("-") for argument in arguments):
            raise UserError("give one path or none: python -m lecture docs/index.html")
        print(page.write(*map(Path, arguments)))
        if not arguments:
            print(page.copy_report())
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
