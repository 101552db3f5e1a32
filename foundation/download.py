"""Downloads a file: resumes where the last attempt stopped, and limits the size."""

from __future__ import annotations

import sys
import zlib
from contextlib import closing
from pathlib import Path

import pooch
import requests
from tqdm import tqdm

from foundation import web
from foundation.user_error import NoNetworkError
from foundation.web import FailedError, FinalError, ServerError, host, is_page

LIMIT = 2**30  # bytes of a file whose size is not known
RETRIES = 3
OPENINGS = {".zip": b"PK\x03\x04", ".npz": b"PK\x03\x04", ".gz": b"\x1f\x8b", ".json": b"{"}


class DifferentError(FailedError):
    """An address delivers a file of another size or hash."""


class _SizeError(ValueError):
    """A download has another size than the file. Pooch tries again after any ValueError."""


def download(url: str, folder: Path, name: str, known: str | None, size: int | None) -> Path:
    """Downloads a file into `folder` and returns its path. Asks only for the bytes that no earlier attempt received.

    Args:
        url: An http or https address.
        folder: A folder for this file alone. It keeps what failed attempts have received.
        name: The file's name. Its suffix determines how the file must begin.
        known: The file's hash, or None.
        size: The file's size in bytes. A file of unknown size, None, may have up to `LIMIT` bytes.

    Raises:
        NoNetworkError: the address cannot be reached.
        DifferentError: the file has another size or hash.
        FailedError: the server fails, in each of up to 1 + `RETRIES` attempts.
    """
    part = folder / f"{zlib.crc32(url.encode()):08x}.part"  # of this address: another one may send another file
    attempts = 0

    def attempt(url: str, output: str, _: object) -> None:
        nonlocal attempts
        attempts += 1
        try:
            sent = _receive_rest(url, part, LIMIT if size is None else size)
            _check(part, Path(name).suffix, size, sent)
        except requests.RequestException as error:
            trouble = web.trouble(error, url, first=attempts == 1)
            if isinstance(trouble, NoNetworkError) or not web.may_pass(error):
                raise trouble from error  # pooch does not try again after a UserError
            raise
        part.replace(output)

    file = Path(name).name
    box = pooch.create(folder, "", registry={file: known}, urls={file: url}, retry_if_failed=RETRIES)
    pooch.get_logger().setLevel("WARNING")  # it would report each attempt
    try:
        return Path(box.fetch(file, downloader=attempt))
    except requests.RequestException as error:
        kept = "; what has arrived is kept for the next attempt" if part.stat().st_size else ""
        raise FailedError(f"{web.trouble(error, url, first=False)}{kept}") from error
    except ValueError as error:
        why = error if isinstance(error, _SizeError) else "its hash differs"
        raise DifferentError(f"{host(url)} sends another file than the published one ({why})") from error
    finally:
        if part.is_file() and not part.stat().st_size:
            part.unlink()


def _receive_rest(url: str, part: Path, limit: int) -> int | None:
    """Appends to `part` the bytes that it lacks, and stops once there are more than `limit`.

    Returns:
        The size of the server's file; None if the server does not mark the end, so that bytes may be missing.

    Raises:
        requests.RequestException: the server fails.
    """
    with part.open("ab") as file:
        headers = {"Accept-Encoding": "identity", "Range": f"bytes={file.tell()}-"}
        with closing(web.receive("GET", url, headers)) as arriving:
            answer, declared = next(arriving)
            continued = answer.headers.get("Content-Range", "").startswith(f"bytes {file.tell()}-")
            if answer.status_code in (200, 206, 416) and not continued:
                file.truncate(0)
                file.seek(0)
            web.check_status(answer, 200, 206)
            if answer.status_code == 206 and not continued:
                raise ServerError("sends another part of the file than the one asked for")
            total = None if declared is None else file.tell() + declared
            quiet = not sys.stderr.isatty()
            with tqdm(total=total, initial=file.tell(), unit="B", unit_scale=True, ncols=79, disable=quiet) as bar:
                for chunk in arriving:
                    file.write(chunk)
                    bar.update(len(chunk))
                    if max(total or 0, file.tell()) > limit:
                        break
        return file.tell() if answer.raw.chunked else total


def _check(part: Path, suffix: str, size: int | None, sent: int | None) -> None:
    """Checks a download's first bytes and size. Removes it if no attempt can go on from it.

    Raises:
        FinalError: it is something else than the file, or too large.
        ServerError: it is cut short.
        _SizeError: it is another file.
    """
    with part.open("rb") as file:
        opening = file.read(512)
    received = max(part.stat().st_size, sent or 0)
    error: Exception
    if is_page(opening):
        error = FinalError("sends a web page instead of the file (does a network ask to log in?)")
    elif sent is None and received < (size or 1):
        raise ServerError("closes the connection early")
    elif not opening.startswith(OPENINGS.get(suffix, b"")):
        error = FinalError(f"sends something else than a {suffix} file")
    elif size is None and received > LIMIT:
        error = FinalError(f"sends more than {LIMIT:,} bytes, more than any file here has")
    elif size is not None and received > size:
        error = _SizeError(f"more than {size:,} bytes")
    elif size is not None and received < size:
        error = _SizeError(f"{received:,} bytes instead of {size:,}")
    else:
        return
    part.unlink()
    raise error
