"""Reading archives member by member: names and sizes are checked, nothing is written, damage is told in one line."""

import gzip
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, cast

from foundation.user_error import UserError

ZIP = b"PK\x03\x04"
GZIP = b"\x1f\x8b"
LIMIT = 2**30  # bytes that an archive may unpack to


@contextmanager
def open_member(path: Path, suffix: str = ".csv", limit: int = LIMIT) -> Iterator[IO[bytes]]:
    """Opens for reading the one file with this suffix in a .zip, what a .gz holds, or the file itself.

    Which of them it is, its content says. It is read through once before, so that damage shows here.

    Raises:
        UserError: there is no such file or not just one; it is damaged, unpacks to more than `limit` bytes, or
            names places outside itself.
    """
    with ExitStack() as stack:
        with _damage_in_one_line(path):
            stream: IO[bytes] = stack.enter_context(path.open("rb"))
            opening = stream.read(4)
            stream.seek(0)
            if opening.startswith(ZIP):
                archive = stack.enter_context(zipfile.ZipFile(stream))
                stream = stack.enter_context(archive.open(_only(path, archive, suffix)))
            elif opening.startswith(GZIP):
                stream = cast(IO[bytes], stack.enter_context(gzip.GzipFile(fileobj=stream)))
            _read_through(path, stream, limit)
            stream.seek(0)
        yield stream


def members(path: Path, limit: int = LIMIT) -> Iterator[tuple[str, bytes]]:
    """Reads name and content of each file in a .tar.gz, and in a .tar inside it, in their order; nothing is written.

    Raises:
        UserError: at the first member that is neither file nor folder, names a place outside, or brings the
            whole to more than `limit` bytes; at the end at the latest, if the archive is damaged.
    """

    with (
        _damage_in_one_line(path),
        gzip.open(path) as stream,
        tarfile.open(fileobj=stream, mode="r:") as archive,
    ):
        for member, content in _files(path, archive):
            if (limit := limit - member.size) < 0:
                raise UserError(f"{path} is refused: it unpacks to too much")
            yield member.name, content.read()
        _read_through(path, cast(IO[bytes], stream), limit)  # to the checksum, which comes last


def _files(path: Path, archive: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    for member in archive:
        _refuse_outside(path, member.name)
        if not (member.isreg() or member.isdir()):
            raise UserError(f"{path} is refused: {member.name} is neither a file nor a folder")
        if content := archive.extractfile(member):
            if member.name.endswith(".tar"):
                with tarfile.open(fileobj=content, mode="r:") as inner:
                    yield from _files(path, inner)
            else:
                yield member, content


@contextmanager
def _damage_in_one_line(path: Path) -> Iterator[None]:
    try:
        yield
    except UserError:
        raise
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from error
    except Exception as error:  # a damaged archive shows itself in a dozen kinds of them
        raise UserError(f"{path} is damaged ({error}): delete it and fetch it again") from error


def _read_through(path: Path, stream: IO[bytes], limit: int) -> None:
    while chunk := stream.read(2**20):
        if (limit := limit - len(chunk)) < 0:
            raise UserError(f"{path} is refused: it unpacks to too much")


def _only(path: Path, archive: zipfile.ZipFile, suffix: str) -> zipfile.ZipInfo:
    for member in archive.infolist():
        _refuse_outside(path, member.filename)
        if stat.S_ISLNK(member.external_attr >> 16):
            raise UserError(f"{path} is refused: {member.filename} is a link")
    found = [m for m in archive.infolist() if m.filename.lower().endswith(suffix) and "__MACOSX" not in m.filename]
    if len(found) != 1:
        raise UserError(f"{path} holds {len(found)} {suffix} files where one is expected")
    return found[0]


def _refuse_outside(path: Path, name: str) -> None:
    place = PurePosixPath(name.replace("\\", "/"))
    if place.is_absolute() or ".." in place.parts:
        raise UserError(f"{path} is refused: {name} names a place outside it")
