"""Reads archives member by member. Checks names and sizes, writes nothing, and reports damage in one line."""

from __future__ import annotations

import gzip
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, cast

from foundation.input_file import open_input
from foundation.user_error import UserError

ZIP = b"PK\x03\x04"
GZIP = b"\x1f\x8b"
LIMIT = 2**31  # bytes that an archive may unpack to
RATIO, SMALL = 100, 2**28  # it may unpack to `RATIO` times its own size, or to `SMALL` bytes


@contextmanager
def open_member(path: Path, suffix: str = ".csv", limit: int = LIMIT) -> Iterator[IO[bytes]]:
    """Opens the one file with this suffix in a .zip, the content of a .gz, or any other file itself.

    The file's first bytes decide which of them it is. An archive is read through once before, to find damage here.

    Raises:
        UserError: the file cannot be read; the archive is damaged, unpacks to more than `limit` bytes, holds no such
            file or several, or has a member whose name leads out of it.
    """
    with ExitStack() as stack:
        with _damage_in_one_line(path):
            stream: IO[bytes] = stack.enter_context(open_input(path))
            opening = stream.read(4)
            stream.seek(0)
            if opening.startswith((ZIP, GZIP)):
                if opening.startswith(ZIP):
                    archive = stack.enter_context(zipfile.ZipFile(stream))
                    stream = stack.enter_context(archive.open(_only_member(path, archive, suffix)))
                else:
                    stream = cast(IO[bytes], stack.enter_context(gzip.GzipFile(fileobj=stream)))
                _Limited(path, stream, limit).read_through()
                stream.seek(0)
        yield stream


def members(path: Path, limit: int = LIMIT) -> Iterator[tuple[str, bytes]]:
    """Yields the name and the content of each file in a .tar.gz, and in a .tar inside it, in their order.

    Raises:
        UserError: the file cannot be read; the archive is damaged, unpacks to more than `limit` bytes, or has a
            member that is neither a file nor a folder, or whose name leads out of it. The members before are yielded.
    """
    with (
        _damage_in_one_line(path),
        open_input(path) as packed,
        gzip.GzipFile(fileobj=packed) as unpacked,
    ):
        stream = _Limited(path, cast(IO[bytes], unpacked), limit)
        with tarfile.open(fileobj=cast(IO[bytes], stream), mode="r|") as archive:
            for name, content in _files(path, archive):
                yield name, content.read()
        stream.read_through()  # the checksum comes last


def _files(path: Path, archive: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for member in archive:
        _refuse_outside(path, member.name)
        if not (member.isreg() or member.isdir()):
            raise UserError(f"{path} is refused: {member.name} is neither a file nor a folder")
        if content := archive.extractfile(member):
            if member.name.endswith(".tar"):
                with tarfile.open(fileobj=content, mode="r|") as inner:
                    yield from _files(path, inner)
            else:
                yield member.name, content


class _Limited:
    """An archive's unpacked bytes, up to a limit."""

    def __init__(self, path: Path, stream: IO[bytes], limit: int) -> None:
        self.path, self.stream = path, stream
        self.left = min(limit, max(SMALL, RATIO * path.stat().st_size))

    def read(self, size: int) -> bytes:
        """Returns up to `size` bytes.

        Raises:
            UserError: these are more than the limit leaves.
        """
        chunk = self.stream.read(min(size, self.left + 1))
        if len(chunk) > self.left:
            raise UserError(f"{self.path} is refused: it unpacks to too much")
        self.left -= len(chunk)
        return chunk

    def read_through(self) -> None:
        """Reads to the end."""
        while self.read(2**20):
            pass


@contextmanager
def _damage_in_one_line(path: Path) -> Iterator[None]:
    try:
        yield
    except UserError:
        raise
    except Exception as error:  # a damaged archive raises a dozen different ones
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UserError(f"{path} is damaged ({reason}): delete it and fetch it again") from error


def _only_member(path: Path, archive: zipfile.ZipFile, suffix: str) -> zipfile.ZipInfo:
    for member in archive.infolist():
        _refuse_outside(path, member.filename)
        if stat.S_ISLNK(member.external_attr >> 16):
            raise UserError(f"{path} is refused: {member.filename} is a link")
    candidates = [m for m in archive.infolist() if m.filename.lower().endswith(suffix) and "__MACOSX" not in m.filename]
    if len(candidates) != 1:
        raise UserError(f"{path} holds {len(candidates)} {suffix} files where one is expected")
    return candidates[0]


def _refuse_outside(path: Path, name: str) -> None:
    place = PurePosixPath(name.replace("\\", "/"))
    if place.is_absolute() or ".." in place.parts:
        raise UserError(f"{path} is refused: the name {name} leads out of it")
