"""How a command ended, and what is wrong with that."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

NOISE = re.compile(r"[IWEF]\d{4} \d\d:|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d.*\.cc:|WARNING|.*Warning: |\*\*\* |Fatal ")
"""Beginnings of lines that libraries print, and that say nothing to a user."""


@dataclass(frozen=True)
class Ended:
    """A command that ended."""

    words: tuple[str, ...]
    code: int
    """Its exit code; negative for the signal that killed it."""
    stdout: str
    stderr: str

    def __str__(self) -> str:
        return f"$ {' '.join(map(repr, self.words))}\n{self.stdout}{self.stderr}exit code {self.code}\n"


def problems(ended: Ended, codes: Collection[int] = (0, 2), errors: int = 1) -> list[str]:
    """Returns what is wrong with how a command ended, nothing if it ended well.

    Args:
        ended: The command.
        codes: The exit codes that are right.
        errors: The most error lines that it may print. A command with several experiments prints one for each.
    """
    result = []
    if trace := traceback(ended.stderr) or traceback(ended.stdout):
        result.append(f"traceback: {trace}")
    if ended.code not in codes:
        result.append(f"killed by signal {-ended.code}" if ended.code < 0 else f"exit code {ended.code}")
    lines = ended.stderr.splitlines()
    count = sum(line.startswith("error: ") for line in lines)
    if ended.code == 2 and not count:
        result.append("exit code 2 without an error line")
    if ended.code == 0 and count and errors == 1:
        result.append("an error line with exit code 0")
    if count > errors:
        result.append(f"{count} error lines")
    if ended.code == 2 and count and not lines[-1].startswith("error: "):
        result.append(f"the error is not one line: it ends in {lines[-1][:80]!r}")
    if not result and (noise := next((line for line in lines if NOISE.match(line)), "")):
        result.append(f"noise: {noise[:120]}")
    return result


def traceback(text: str) -> str:
    """Returns the last line of a traceback and where it comes from, or nothing if there is none."""
    if "Traceback (most recent call last)" not in text:
        return ""
    after = text.rpartition("Traceback (most recent call last)")[2]
    frames = [(file, name) for file, name in re.findall(r'File "([^"]+)", line \d+, in (\S+)', after)]
    own = [f"{file.rpartition('/code/')[2]} {name}" for file, name in frames if "/code/" in file]
    last = re.search(r"^[\w.]+(Error|Exception|Interrupt|Exit)\b.*", after, re.MULTILINE)
    return f"{last[0][:160] if last else repr(after[-160:])} (in {own[-1] if own else 'no file of the suite'})"
