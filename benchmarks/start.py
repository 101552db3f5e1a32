"""How long the command line takes to answer when nothing is trained."""

import subprocess
import sys

from benchmarks.timing import in_turn, table


def main() -> None:
    """Prints seconds for `list` and each kind of `--help`."""
    commands = (["list"], ["--help"], ["run", "--help"], ["run", "jena/gru", "--help"])

    def call(words: list[str]):  # type: ignore[no-untyped-def]
        return lambda: subprocess.run([sys.executable, "-m", "experiments", *words], check=True, capture_output=True)

    seconds = in_turn({" ".join(words): call(words) for words in commands})
    table("Start", [{"python -m experiments": name, "seconds": s} for name, s in seconds.items()])


if __name__ == "__main__":
    main()
