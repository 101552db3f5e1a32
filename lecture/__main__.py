"""Writes the lecture's page: `python -m lecture [PATH]`, without a path `docs/index.html`."""

from __future__ import annotations

import sys
from pathlib import Path

from foundation.user_error import UserError
from lecture import page


def main(arguments: list[str]) -> int:
    """Writes the page and says where."""
    try:
        if len(arguments) > 1 or any(argument.startswith("-") for argument in arguments):
            raise UserError("give one path or none: python -m lecture docs/index.html")
        print(page.write(*map(Path, arguments)))
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
