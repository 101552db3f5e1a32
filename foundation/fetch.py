"""Finds data files or downloads them: from the data folder, else from a mirror, else from a public address.

`data/sources.yaml` lists the files and their addresses. A folder's SHA256SUMS lists the hashes of its files. The data
folder keeps one too, so that it can be a mirror for others.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from foundation.atomic import atomic
from foundation.input_file import open_input, read_input
from foundation.user_error import NoNetworkError, UserError

DATA = Path(__file__).parents[1] / "data"
SOURCES = DATA / "sources.yaml"
SUMS = "SHA256SUMS"
SUMS_LIMIT = 2**20  # bytes
MIRROR = "LAB_DATA_MIRROR"


@dataclass(frozen=True)
class Source:
    """A file of `data/sources.yaml`, which explains the fields. Without `urls`, only a mirror can hold the file."""

    what: str
    licence: str
    urls: list[str]
    size: int | None = None
    hash: str | None = None


def sources() -> dict[str, Source]:
    """Returns every known file, by name."""
    from foundation import yaml_files  # slow to import, and `list` and `--help` fetch nothing

    return {name: Source(**entry) for name, entry in yaml_files.read(SOURCES).items()}


@contextmanager
def _disk_errors_in_one_line() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise UserError("the disk is full: make room, then run the same command again to go on") from error
        place = error.filename2 or error.filename or "the data folder"  # a renamed file has two names
        raise UserError(f"{place} cannot be used: {error.strerror}") from error


@_disk_errors_in_one_line()
def find(name: str, folder: Path = DATA, mirror: str | Path | None = None) -> Path | None:
    """Looks for a file without using the network: in the data folder, then in a mirror that is a folder.

    A file in the mirror is copied to the data folder. Later runs then need no mirror, and do not change with it.

    Returns:
        The file's path in the data folder, or None.

    Raises:
        UserError: `sources.yaml` does not list the name; the mirror is not a folder, or its file does not have the
            hash in its SHA256SUMS, or is not listed there; the disk is full or not writable.
    """
    if name not in (known := sources()):
        raise UserError(f"{name!r} is not in {SOURCES}, which lists {', '.join(known)}")
    if _intact(name, folder):
        return folder / name
    if (folder / name).exists():
        print(f"{folder / name} is damaged (cut short or changed): fetching it again", file=sys.stderr)
    mirror = _mirror(mirror)
    return None if not mirror or _is_address(mirror) else _from_folder(name, folder, mirror)


@_disk_errors_in_one_line()
def fetch(name: str, folder: Path = DATA, mirror: str | Path | None = None) -> Path:
    """Finds a file, or downloads it: from a mirror that is an address, else from its public addresses in order.

    Returns:
        The file's path in the data folder.

    Raises:
        NoNetworkError: none of its addresses can be reached.
        UserError: `find` raises it, or no address delivers the file, or only a mirror can hold it.
    """
    if path := find(name, folder, mirror):
        return path
    from foundation.web import FailedError

    source, mirror = sources()[name], _mirror(mirror)
    failures: list[UserError] = []
    for place in [mirror] * _is_address(mirror) + source.urls:
        if failures:
            print(f"{failures[-1]}: trying {urlsplit(place).hostname}", file=sys.stderr)
        try:
            if place != mirror:
                return _bring(name, folder, place, source.hash, source.size)
            if path := _from_address(name, folder, mirror):
                return path
        except (NoNetworkError, FailedError) as failure:
            failures.append(failure)
    if not source.urls:
        failures.append(UserError(f"only a mirror can hold it: name one with --mirror or {MIRROR}"))
    why = f"{name} cannot be fetched: {'; '.join(map(str, failures))}"
    if all(isinstance(failure, NoNetworkError) for failure in failures):
        raise NoNetworkError(f"no network: {why}")
    raise UserError(why)


def _mirror(mirror: str | Path | None) -> str:
    """Returns the mirror that an option names, else the environment, else ""."""
    return os.path.expanduser(str(mirror or os.environ.get(MIRROR) or ""))  # noqa: PTH111, pathlib's raises


def _is_address(mirror: str) -> bool:
    return mirror.lower().startswith(("http://", "https://"))


def _sums(listing: str) -> dict[str, str]:
    """Returns the hashes that a SHA256SUMS lists, by file name."""
    lines = (re.fullmatch(r"([0-9a-fA-F]{64})\s+\*?(?:\./)?(.+)", line.strip()) for line in listing.splitlines())
    return {line[2]: line[1] for line in lines if line}


def _sums_of(folder: Path) -> dict[str, str]:
    path = folder / SUMS
    return _sums(read_input(path, SUMS_LIMIT).decode("utf-8", "replace")) if _exists(path) else {}


def _exists(path: Path) -> bool:
    """Returns whether there is anything at a path, be it a broken link. Raises an OSError if that cannot be known."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _intact(name: str, folder: Path) -> bool:
    """Returns whether a file is as it was when it arrived or, if SHA256SUMS does not list it, as it is published."""
    path, source = folder / name, sources()[name]
    if not path.is_file():
        return False
    from pooch.hashes import hash_matches

    if noted := _sums_of(folder).get(name):
        return hash_matches(path, noted)
    return source.size in (None, path.stat().st_size) and hash_matches(path, source.hash)


def _from_folder(name: str, folder: Path, mirror: str) -> Path | None:
    """Copies a file from a mirror that is a folder; None if it is not there."""
    root = Path(mirror)
    if not root.is_dir():
        raise UserError(f"the mirror {mirror!r} is not a folder or an http address: correct --mirror or {MIRROR}")
    return _from_mirror(name, folder, str(root / name), _sums_of(root), _exists(root / name))


def _from_address(name: str, folder: Path, mirror: str) -> Path | None:
    """Downloads a file from a mirror that is an address; None if it is not there."""
    from foundation import web

    try:
        web.check_address(mirror)
    except ValueError as error:
        raise UserError(
            f"the mirror {mirror!r} is not a valid address ({error}): correct --mirror or {MIRROR}"
        ) from error
    root = mirror.rstrip("/")
    sums = _sums(web.read_text(f"{root}/{SUMS}", SUMS_LIMIT))
    return _from_mirror(name, folder, f"{root}/{name}", sums, name in sums or web.exists(f"{root}/{name}"))


def _from_mirror(name: str, folder: Path, place: str, sums: dict[str, str], held: bool) -> Path | None:
    if not held:
        return None
    if name not in sums:
        raise UserError(f"{place} is not listed in the mirror's {SUMS}: add it there, or use no mirror")
    from foundation.download import DifferentError

    try:
        return _bring(name, folder, place, sums[name])
    except DifferentError as error:
        raise UserError(
            f"{place} differs from the mirror's {SUMS}: copy the file there again, or list it again"
        ) from error


def _bring(name: str, folder: Path, place: str, known: str | None, size: int | None = None) -> Path:
    """Copies or downloads a file into a folder aside, checks it there, and moves it to its own place.

    Raises:
        NoNetworkError, FailedError, DifferentError: see `foundation.download.download`.
    """
    from filelock import FileLock
    from pooch.hashes import file_hash

    from foundation.download import download

    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"), _folder_aside(folder, name) as aside:
        if _intact(name, folder):  # another process has fetched it in the meantime
            return folder / name
        if _is_address(place):
            print(f"getting {name} from {urlsplit(place).hostname}", file=sys.stderr)
            whole = download(place, aside, name, known, size)
        else:
            print(f"getting {name} from {place}", file=sys.stderr)
            whole = _copy(Path(place), aside, known)
        sums = _sums_of(folder) | {name: file_hash(whole)}
        with atomic(folder / SUMS) as beside:  # first: a new file must not stand beside an old hash
            beside.write_text("".join(f"{sums[name]}  {name}\n" for name in sorted(sums)), "utf-8")
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with atomic(folder / name) as beside:
            whole.replace(beside)
        shutil.rmtree(aside)
    return folder / name


@contextmanager
def _folder_aside(folder: Path, name: str) -> Iterator[Path]:
    """Yields a folder for the parts of a file; removes it in the end, if it is empty."""
    aside = folder / ".partial" / name
    aside.mkdir(parents=True, exist_ok=True)
    try:
        yield aside
    finally:
        for place in (aside, *aside.parents[: len(Path(name).parts)]):
            with suppress(OSError):
                place.rmdir()


def _copy(source: Path, aside: Path, known: str | None) -> Path:
    from pooch.hashes import hash_matches

    from foundation.download import DifferentError

    copy = aside / source.name
    try:
        with open_input(source) as content, copy.open("wb") as file:
            shutil.copyfileobj(content, file)
        if not hash_matches(copy, known):
            raise DifferentError(f"{source} has another hash")
    except BaseException:
        copy.unlink(missing_ok=True)
        raise
    return copy
