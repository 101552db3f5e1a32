"""Finding and downloading data files: from the data folder, else a mirror, else a public address.

What can be had, and where, stands in `data/sources.yaml`. A folder's SHA256SUMS says what its files should
be; the data folder keeps one as mirrors do, so that any data folder can be somebody else's mirror.
"""

import errno
import os
import shutil
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from foundation.atomic import atomic
from foundation.user_error import UserError

DATA = Path(__file__).parents[1] / "data"
SOURCES = DATA / "sources.yaml"
SUMS = "SHA256SUMS"
MIRROR = "LAB_DATA_MIRROR"
TIMEOUT = (10.0, 30.0)  # seconds to connect, seconds without a byte
RETRIES = 3
PASSING = (408, 416, 429)  # of a server's refusals, the ones that may be gone the next time
OPENINGS = {".zip": b"PK\x03\x04", ".npz": b"PK\x03\x04", ".gz": b"\x1f\x8b", ".json": b"{"}


class NoNetworkError(UserError):
    """No address of a file can be reached; who can do without it (by simulating it, say) may go on."""


class _FailedError(UserError):
    """An address that answers, but not with the file; the next one may."""


@dataclass(frozen=True)
class Source:
    """A file of `data/sources.yaml`, which explains its fields; without `urls`, only a mirror can hold it."""

    what: str
    licence: str
    urls: list[str]
    size: int | None = None
    hash: str | None = None


def sources() -> dict[str, Source]:
    """Every file that can be had, by name."""
    import yaml  # here, as all that is slow to import: `list` and `--help` fetch nothing

    return {name: Source(**entry) for name, entry in yaml.safe_load(SOURCES.read_text("utf-8")).items()}


@contextmanager
def _disk_trouble_in_one_line() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise UserError("the disk is full: make room, then run the same again to go on") from error
        raise UserError(f"{error.filename or 'the data folder'} cannot be used: {error.strerror}") from error


@_disk_trouble_in_one_line()
def find(name: str, folder: Path = DATA, mirror: str | Path | None = None) -> Path | None:
    """Looks for a file without network: in the data folder, then in a mirror that is a folder.

    From there it is copied, so that a later run needs no mirror and does not change with it.

    Raises:
        UserError: `sources.yaml` does not know the name; the mirror is no folder, or its file is not what its
            SHA256SUMS says, or not in there; the disk is full or forbids it.
    """
    if name not in (known := sources()):
        raise UserError(f"{name!r} is not in {SOURCES}, which knows {', '.join(known)}")
    if _intact(name, folder):
        return folder / name
    if (folder / name).exists():
        print(f"{folder / name} is damaged (cut short or changed): fetching it again", file=sys.stderr)
    mirror = mirror or os.environ.get(MIRROR)
    return None if not mirror or _is_address(mirror) else _from_mirror(name, folder, mirror)


@_disk_trouble_in_one_line()
def fetch(name: str, folder: Path = DATA, mirror: str | Path | None = None) -> Path:
    """Finds a file, or downloads it: from a mirror that is an address, else from its public ones in order.

    Raises:
        NoNetworkError: none of its addresses can be reached.
        UserError: as `find` does; or no address delivers it; or only a mirror can hold it.
    """
    if path := find(name, folder, mirror):
        return path
    import requests

    source, mirror = sources()[name], str(mirror or os.environ.get(MIRROR) or "")
    failures: list[UserError] = []
    for place in [mirror] * _is_address(mirror) + source.urls:
        host = urlsplit(place).netloc
        try:
            if place != mirror:
                return _bring(name, folder, place, source.hash, source.size)
            if path := _from_mirror(name, folder, mirror):
                return path
        except (NoNetworkError, _FailedError) as failure:
            failures.append(failure)
        except requests.RequestException as error:
            failures.append(_trouble(error, host, reached=True))
        except ValueError:
            failures.append(_FailedError(f"{host} sends another file than the published one (size or hash)"))
    if not source.urls:
        failures.append(UserError(f"only a mirror can hold it: name one that does by --mirror or {MIRROR}"))
    why = f"{name} cannot be had: {'; '.join(map(str, failures))}"
    if all(isinstance(failure, NoNetworkError) for failure in failures):
        raise NoNetworkError(f"no network: {why}")
    raise UserError(why)


def _is_address(mirror: str | Path) -> bool:
    return str(mirror).startswith(("http://", "https://"))


def _sums(listing: str) -> dict[str, str]:
    lines = (line.split(maxsplit=1) for line in listing.splitlines())
    return {line[1].lstrip("*").removeprefix("./"): line[0] for line in lines if len(line) == 2}


def _sums_of(folder: Path) -> dict[str, str]:
    return _sums((folder / SUMS).read_text("utf-8", "replace")) if (folder / SUMS).is_file() else {}


def _intact(name: str, folder: Path) -> bool:
    """Whether a file is as it was when it came or, where nothing is noted of that, as it is published."""
    path, source = folder / name, sources()[name]
    if not path.is_file():
        return False
    from pooch.hashes import hash_matches

    if noted := _sums_of(folder).get(name):
        return hash_matches(path, noted)
    return source.size in (None, path.stat().st_size) and hash_matches(path, source.hash)


def _from_mirror(name: str, folder: Path, mirror: str | Path) -> Path | None:
    if _is_address(mirror):
        import requests

        root = str(mirror).rstrip("/")
        place = f"{root}/{name}"
        try:
            listing = requests.get(f"{root}/{SUMS}", timeout=TIMEOUT)
            if listing.status_code != 404:
                listing.raise_for_status()
            sums = _sums(listing.text)
            held = name in sums or requests.head(place, timeout=TIMEOUT).ok
        except requests.RequestException as error:
            raise _trouble(error, urlsplit(place).netloc, reached=False) from error
    else:
        path = Path(mirror).expanduser()
        if not path.is_dir():
            raise UserError(f"the mirror {mirror} is no folder and no http address: correct --mirror or {MIRROR}")
        place, sums, held = str(path / name), _sums_of(path), (path / name).is_file()
    if held and name not in sums:
        raise UserError(f"{place} is not listed in the mirror's {SUMS}: list it there, or use no mirror")
    try:
        return _bring(name, folder, place, sums[name]) if held else None
    except ValueError as error:
        raise UserError(f"{place} differs from the mirror's {SUMS}: copy it there anew, or list it anew") from error


def _bring(name: str, folder: Path, place: str, known: str | None, size: int | None = None) -> Path:
    """Brings a file from an address or a path to a place aside, checks it there, and moves it to its own.

    Raises:
        ValueError: its size or hash is wrong.
        requests.RequestException: the server or the connection fails, again and again.
    """
    import pooch
    from filelock import FileLock

    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"):
        if _intact(name, folder):  # another process has brought it while this one waited
            return folder / name
        aside, file = folder / ".partial" / name, Path(name).name
        if _is_address(place):
            part = f"{zlib.crc32(place.encode()):08x}.part"  # what one address sends doesn't continue another's
            download, retries = _resuming(aside / part, name, size), RETRIES
        else:
            download, retries = _copy, 0
        pooch.get_logger().setLevel("WARNING")  # it would name a mirror's file "downloading" too
        print(f"getting {name} from {place if download is _copy else urlsplit(place).hostname}", file=sys.stderr)
        box = pooch.create(aside, "", registry={file: known}, urls={file: place}, retry_if_failed=retries)
        whole = Path(box.fetch(file, downloader=download))
        sums = _sums_of(folder) | {name: pooch.file_hash(whole)}
        with atomic(folder / SUMS) as beside:  # first, so that no new file ever stands beside an old hash
            beside.write_text("".join(f"{sums[name]}  {name}\n" for name in sorted(sums)), "utf-8")
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with atomic(folder / name) as beside:
            whole.replace(beside)
        shutil.rmtree(aside)
    return folder / name


def _copy(place: str, output: str, _: object) -> None:
    shutil.copy(place, output)


def _resuming(part: Path, name: str, size: int | None) -> Callable[[str, str, object], None]:
    """A pooch downloader that keeps what has arrived in `part`, and the next time asks for the rest only."""
    import requests
    from pooch import HTTPDownloader

    reached = False

    def download(url: str, output: str, _: object) -> None:
        host = urlsplit(url).netloc
        with part.open("ab") as file:

            def start_over_unless_resumed(response: requests.Response, **_: Any) -> None:
                nonlocal reached
                reached = True
                if response.status_code in (200, 416):
                    file.truncate(0)

            get = HTTPDownloader(
                progressbar=sys.stderr.isatty(),
                chunk_size=2**14,
                timeout=TIMEOUT,
                headers={"Accept-Encoding": "identity", "Range": f"bytes={file.tell()}-"},
                hooks={"response": start_over_unless_resumed},
            )
            try:
                get(url, file, None)
            except requests.RequestException as error:
                trouble, answer = _trouble(error, host, reached), error.response
                refused = answer is not None and answer.status_code < 500 and answer.status_code not in PASSING
                if refused or isinstance(trouble, NoNetworkError):
                    raise trouble from error  # trying again would only take time
                raise
        with part.open("rb") as written:
            opening = written.read(512)
        if opening.lstrip().startswith(b"<") or not opening.startswith(OPENINGS.get(Path(name).suffix, b"")):
            part.unlink()
            raise _FailedError(f"{host} sends a web page instead (open it in a browser: does a network ask to log in?)")
        if size not in (None, part.stat().st_size):
            part.unlink()
            raise ValueError
        part.replace(output)

    return download


def _trouble(error: Exception, host: str, reached: bool) -> UserError:
    import requests
    from urllib3.exceptions import MaxRetryError

    if isinstance(error, requests.HTTPError):
        return _FailedError(f"{host} answers {error.response.status_code} {error.response.reason}")
    if isinstance(error, requests.exceptions.SSLError):
        return _FailedError(f"{host} cannot prove that it is {host} (does a network ask to log in?)")
    if not reached and any(isinstance(cause, MaxRetryError) for cause in error.args):
        return NoNetworkError(f"{host} cannot be reached")
    return _FailedError(f"the connection to {host} fails ({type(error).__name__}); what has arrived is kept")
