"""Asks web servers, and names the cause if one fails. No answer is waited for without end."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from http.client import IncompleteRead
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.exceptions import SSLError
from urllib3.exceptions import LocationParseError, MaxRetryError, ReadTimeoutError

from foundation.user_error import NoNetworkError, UserError

TIMEOUT = (10.0, 20.0)  # seconds to connect, seconds without a byte
PATIENCE, LOWEST = 30.0, 1000  # a server must send `LOWEST` bytes a second on average over `PATIENCE` seconds
REDIRECTS = 10
CHUNK = 2**14
PASSING = (408, 416, 429)  # answers below 500 that may be others the next time


class FailedError(UserError):
    """An address answers, but does not deliver the file. Another address may."""


class ServerError(requests.RequestException):
    """A fault that `requests` does not notice: a phrase that follows the server's name."""


class FinalError(ServerError):
    """A fault that the next attempt would meet again."""


class _Session(requests.Session):
    """Leaves redirects to `_open`: `requests` would read a redirect's body, which may be endless."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Returns None, which means that the answer is no redirect."""


def host(url: str) -> str:
    """Returns an address's host and port."""
    return urlsplit(url).netloc.rpartition("@")[2]


def check_address(url: str) -> None:
    """Raises a ValueError if no server can have this http address, such as `http://[::1`."""
    if not url.lower().startswith(("http://", "https://")):
        raise ValueError(f"{url!r} does not begin with http:// or https://")
    try:
        urlsplit(requests.Request("GET", url).prepare().url or "").port  # noqa: B018, raises for a wrong port
    except requests.RequestException as error:
        raise ValueError(str(error)) from error


def read_text(url: str, limit: int) -> str:
    """Returns a small text from an address, "" if the server has none.

    Raises:
        NoNetworkError: the address cannot be reached.
        FailedError: the server fails, or sends a web page or more than `limit` bytes.
    """
    content = b""
    try:
        with closing(receive("GET", url)) as arriving:
            answer, _ = next(arriving)
            if answer.status_code == 404:
                return ""
            check_status(answer, 200)
            for chunk in arriving:
                content += chunk
                if len(content) > limit:
                    raise ServerError(f"sends more than {limit:,} bytes as {Path(url).name}")
        if is_page(content):
            raise ServerError(f"sends a web page as {Path(url).name} (does a network ask to log in?)")
    except requests.RequestException as error:
        raise trouble(error, url) from error
    return content.decode("utf-8", "replace")


def exists(url: str) -> bool:
    """Returns whether a server has a file.

    Raises:
        NoNetworkError: the address cannot be reached.
        FailedError: the server fails.
    """
    try:
        with closing(receive("HEAD", url)) as arriving:
            answer, _ = next(arriving)
            return bool(answer.ok)
    except requests.RequestException as error:
        raise trouble(error, url) from error


def is_page(content: bytes) -> bool:
    """Returns whether a file begins as HTML does."""
    return content.lstrip().startswith(b"<")


def check_status(answer: requests.Response, *good: int) -> None:
    """Raises an HTTPError unless the server's answer has one of these codes."""
    if answer.status_code not in good:
        raise requests.HTTPError(response=answer)


def receive(method: str, url: str, headers: dict[str, str] | None = None) -> Generator[Any, None, None]:
    """Yields the server's answer (a `requests.Response`) with the length of its body or None, then the body's chunks.

    A thread waits for the server, because no timeout of `requests` ends an answer that comes byte by byte.

    Raises:
        requests.RequestException: the server fails, or is slower than `LOWEST`.
    """
    arrived: Queue[Any] = Queue(maxsize=8)
    abandoned = Event()

    def wait() -> None:
        try:
            with _open(method, url, headers) as answer:
                arrived.put((answer, answer.raw.length_remaining))
                while not abandoned.is_set() and (chunk := answer.raw.read1(CHUNK, decode_content=True)):
                    arrived.put(chunk)
            arrived.put(None)
        except requests.RequestException as error:
            arrived.put(error)
        except Exception as error:  # `requests` lets some of urllib3's and http.client's through
            arrived.put(requests.ConnectionError(error))

    Thread(target=wait, daemon=True).start()
    started, count = time.monotonic(), 0.0
    try:
        while True:
            try:
                item = arrived.get(timeout=max(0.0, started + PATIENCE - time.monotonic()))
            except Empty:
                item = b""
            if item is None:
                return
            if isinstance(item, Exception):
                raise item
            count += len(item) if isinstance(item, bytes) else LOWEST * PATIENCE  # the answer is enough for a while
            if time.monotonic() >= started + PATIENCE:
                if count < LOWEST * PATIENCE:
                    raise ServerError(f"sends less than {LOWEST:,} bytes a second")
                started, count = time.monotonic(), 0.0
            if item != b"":
                yield item
    finally:
        abandoned.set()
        while not arrived.empty():  # makes room for the thread's last items, so that it ends
            arrived.get_nowait()


def _open(method: str, url: str, headers: dict[str, str] | None) -> requests.Response:
    """Returns the answer at the end of the redirects, its body unread."""
    with _Session() as session:
        for _ in range(1 + REDIRECTS):
            answer = session.request(method, url, headers=headers, timeout=TIMEOUT, stream=True)
            if not answer.is_redirect:
                return answer
            answer.close()
            target = answer.headers["Location"]
            try:
                url = urljoin(url, target)
                check_address(url)
            except ValueError as error:
                raise FinalError(f"redirects to {target!r:.200}, which is no http address", response=answer) from error
    raise FinalError(f"redirects more than {REDIRECTS} times", response=answer)


def may_pass(error: requests.RequestException) -> bool:
    """Returns whether the next attempt may succeed."""
    if isinstance(error, requests.HTTPError):
        return error.response.status_code >= 500 or error.response.status_code in PASSING
    return not isinstance(error, FinalError)


def trouble(error: requests.RequestException, url: str, first: bool = True) -> UserError:
    """Returns the cause of a failure as an error for the user; `first` if no earlier attempt reached the server."""
    where = host(getattr(error.request, "url", None) or url)
    causes = list(_causes(error))
    if isinstance(error, requests.HTTPError):
        return FailedError(f"{where} answers {error.response.status_code} {error.response.reason or '':.80}".rstrip())
    if isinstance(error, ServerError):
        return FailedError(f"{where} {error}")
    if isinstance(error, SSLError):
        return FailedError(f"{where} cannot prove that it is {where} (does a network ask to log in?)")
    if any(isinstance(cause, LocationParseError) for cause in causes):
        return FailedError(f"{where} is not a valid host name")
    if any(isinstance(cause, MaxRetryError) for cause in causes):
        return NoNetworkError(f"{where} cannot be reached") if first else FailedError(f"{where} is no longer reached")
    if any(isinstance(cause, (ReadTimeoutError, TimeoutError)) for cause in causes):
        return FailedError(f"{where} sends nothing for {TIMEOUT[1]:g} seconds")
    if any(isinstance(cause, (IncompleteRead, ConnectionError)) for cause in causes):
        return FailedError(f"{where} closes the connection early")
    return FailedError(f"{where} sends an answer that cannot be read ({type(causes[-1]).__name__})")


def _causes(error: BaseException) -> Iterator[BaseException]:
    yield error
    for cause in error.args:
        if isinstance(cause, BaseException):
            yield from _causes(cause)
