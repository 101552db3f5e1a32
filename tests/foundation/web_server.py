"""A real server on this machine, with the faults of real ones."""

import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event

MOST = 2**28  # bytes of an endless answer


class Handler(BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.answer(head=True)

    def do_GET(self):
        self.answer()

    def answer(self, head=False):
        server, asked = self.server, self.headers.get("Range", "")
        server.log.append((self.command, self.path, asked))
        server.encodings.add(self.headers.get("Accept-Encoding"))
        fault = server.faults[self.path].pop(0) if server.faults[self.path] else None
        content = server.files.get(self.path)
        if callable(fault):
            return fault(self)
        if isinstance(fault, int) or content is None:
            return self.send_error(fault or 404)
        if isinstance(fault, bytes):
            content, asked = fault, ""
        start = int(asked[6:-1]) if asked and fault != "ignores the range" else 0
        if start and start >= len(content):
            return self.send_error(416)
        if asked and fault != "ignores the range":
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        rest = b"" if head else content[start:]
        if fault not in ("drops", "stalls"):
            return self.wfile.write(rest)
        self.wfile.write(rest[: len(rest) // 2])
        if fault == "stalls":
            server.go_on.wait(60)
        return None

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    """Serves `files`; each request takes the next of its path's `faults`; `log` lists the requests."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.faults, self.go_on = {}, defaultdict(list), Event()
        self.log, self.encodings, self.sent = [], set(), 0

    def handle_error(self, request, client_address):
        pass  # some tests are about clients that hang up

    def url(self, path):
        return f"http://127.0.0.1:{self.server_port}{path}"

    def ranges(self, path):
        return [int(asked[6:-1]) for method, where, asked in self.log if (method, where) == ("GET", path)]


def sends(*parts, pause=0.0):
    """A fault: sends these bytes and nothing else; the items of a function, one after each pause."""

    def fault(handler):
        handler.close_connection = True
        for part in parts:
            for piece in part() if callable(part) else [part]:
                if handler.server.go_on.is_set():
                    return
                handler.wfile.write(piece)
                handler.server.sent += len(piece)
                time.sleep(pause)

    fault.slow = pause > 0
    return fault


def head(status="200 OK", **fields):
    """An answer's first lines; `Content_Length=5` is the header Content-Length."""
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def endless():
    """The same bytes again and again, up to `MOST`."""
    return (bytes(2**16) for _ in range(MOST // 2**16))


def byte_by_byte(content):
    return lambda: (content[i : i + 1] for i in range(len(content)))


def redirects(location):
    """A fault: redirects to another place."""
    return sends(head("302 Found", Location=location, Content_Length=0))
