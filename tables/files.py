"""Opens tables that are plain, in a .zip or in a .gz, as streams of bytes with a bound on what they unpack to."""

from __future__ import annotations

import gzip
import io
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from foundation.archive import GZIP, ZIP
from foundation.user_error import UserError
from tables.kinds import WORKBOOK

SUFFIXES = (".txt", ".tsv", ".dat", ".tab", ".asc")  # of a table in an archive that holds no .csv
UNPACKED = 2**30  # bytes that any archive may unpack to
RATIO = 50  # times its own size that an archive may unpack to beyond that; tables pack to a fifth or a tenth
TAIL = 2**16  # bytes kept from the end of what was read
HEAD = 2**18  # bytes in which encoding, separator and header are looked for


@dataclass(frozen=True)
class Part:
    """One table: a file, or a member of an archive."""

    path: Path
    member: str | None = None
    size: int | None = None
    """Bytes when unpacked, where known."""

    @property
    def name(self) -> str:
        """Returns what messages call this table."""
        return f"{self.path}, {self.member}" if self.member else str(self.path)

    @contextmanager
    def open(self) -> Iterator[Stream]:
        """Opens the table for reading.

        Raises:
            UserError: the file cannot be read, is damaged, or unpacks to too much; also while it is being read.
        """
        with _damage_in_one_line(self.path), ExitStack() as stack:
            source: Any = stack.enter_context(self.path.open("rb"))
            limit: int | None = max(UNPACKED, RATIO * self.path.stat().st_size)
            if self.member is not None:
                archive = stack.enter_context(zipfile.ZipFile(source))
                source = stack.enter_context(archive.open(self.member))
            elif _opening(self.path).startswith(GZIP):
                source = stack.enter_context(gzip.GzipFile(fileobj=source))
            else:
                limit = None
            yield Stream(source, self.path, limit)

    def head(self) -> tuple[bytes, bool]:
        """Returns the first bytes, and whether they are all there are."""
        with self.open() as stream:
            head = stream.read(HEAD)
            while len(head) < HEAD and (more := stream.read(HEAD - len(head))):
                head += more
            return head, not stream.read(1)


class Stream(io.BufferedReader):
    """A stream of bytes that counts, keeps its last bytes, and ends in a UserError beyond its limit."""

    def __init__(self, source: BinaryIO, path: Path, limit: int | None) -> None:
        self.counted = _Counted(source, path, limit)
        super().__init__(self.counted, 2**20)

    @property
    def newlines(self) -> int:
        """Returns how many lines ended in what was read."""
        return self.counted.newlines

    @property
    def tail(self) -> bytes:
        """Returns the last bytes that were read."""
        return self.counted.tail


class _Counted(io.RawIOBase):
    def __init__(self, source: BinaryIO, path: Path, limit: int | None) -> None:
        self.source, self.path, self.limit = source, path, limit
        self.count, self.newlines, self.tail = 0, 0, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        data = self.source.read(len(view))
        view[: len(data)] = data
        self.count += len(data)
        self.newlines += data.count(b"\n")
        self.tail = (self.tail + data)[-TAIL:] if len(data) < TAIL else data[-TAIL:]
        if self.limit is not None and self.count > self.limit:
            raise UserError(f"{self.path} is refused: it unpacks to more than {self.limit / 2**30:.1f} GiB")
        return len(data)


def parts(paths: Sequence[str | Path]) -> list[Part]:
    """Returns the tables in these files: each plain file, what a .gz holds, and the tables of a .zip by name.

    Raises:
        UserError: a file cannot be read or holds no table.
    """
    if not paths:
        raise UserError("no file is named: give the path of a CSV file")
    tables: list[Part] = []
    for given in paths:
        if not str(given).strip():
            raise UserError("the name of the file is empty: give the path of a CSV file")
        path = Path(given).expanduser()
        with _damage_in_one_line(path):
            mode = path.stat().st_mode
            if stat.S_ISDIR(mode):
                raise UserError(f"{path} is a folder: name the files in it")
            if not stat.S_ISREG(mode):
                raise UserError(f"{path} is no regular file (a pipe or a device): save its content to a file first")
            opening = _opening(path)
            if opening.startswith(ZIP):
                tables.extend(_members(path))
            else:
                packed = opening.startswith(GZIP)
                tables.append(Part(path, size=None if packed else path.stat().st_size))
    return tables


def _members(path: Path) -> list[Part]:
    with zipfile.ZipFile(path) as archive:
        members = [m for m in archive.infolist() if not m.is_dir() and not stat.S_ISLNK(m.external_attr >> 16)]
    names = [m.filename for m in members]
    if "[Content_Types].xml" in names:
        raise UserError(f"{path} is {WORKBOOK}")
    shown = [m for m in members if not _hidden(m.filename)]
    tables = [m for m in shown if m.filename.lower().endswith(".csv")]
    tables = tables or [m for m in shown if m.filename.lower().endswith(SUFFIXES)]
    if not tables:
        held = ", ".join(names[:5]) or "nothing"
        raise UserError(f"{path} holds no .csv or .txt file (it holds {held}): give one that does")
    if any(m.flag_bits & 1 for m in tables):
        raise UserError(f"{path} is locked by a password: unpack it first")
    return [Part(path, m.filename, m.file_size) for m in sorted(tables, key=lambda m: m.filename)]


def _hidden(name: str) -> bool:
    place = PurePosixPath(name)
    return "__MACOSX" in place.parts or place.name.startswith(".")


def _opening(path: Path) -> bytes:
    with path.open("rb") as file:
        return cast(bytes, file.read(4))


@contextmanager
def _damage_in_one_line(path: Path) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError) as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from error
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise UserError(f"{path} is damaged ({error}): fetch or copy it again") from error
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) or "null" in str(error):  # a name with a null byte is a ValueError
            raise UserError(f"{path} cannot be read: {error}") from error
        raise
