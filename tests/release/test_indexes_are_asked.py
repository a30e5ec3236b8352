"""An index is asked with the name and password of its address; its own faults, nonsense and a drip are no answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest

from release.index import refuse_silent_indexes
from release.problem import Problem

ALLOWED = "Basic bmFtZTpwQHNz"  # name:p@ss


class Index(BaseHTTPRequestHandler):
    """Answers who knows the password; others get `status`, or a line that is no HTTP."""

    page: ClassVar[bytes] = b'<a href="hatchling-1.27.0-py3-none-any.whl">hatchling</a>'
    status: ClassVar[int]
    asked: ClassVar[list[str | None]]

    def do_GET(self) -> None:
        self.asked.append(self.headers["Authorization"])
        status = 200 if self.asked[-1] == ALLOWED else self.status
        if status:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(self.page)
        else:
            self.wfile.write(b"220 mail.example.com\x00\x1b[2J\r\n")

    def log_message(self, *_: object) -> None:
        pass


class Drip(BaseHTTPRequestHandler):
    """Sends a header without an end, or one and then a page without an end, a byte at a time."""

    start: ClassVar[bytes]

    def handle(self) -> None:
        self.wfile.write(self.start)
        with suppress(OSError):  # who asked has gone
            while not self.server.ended.wait(0.01):  # type: ignore[attr-defined]  # set below
                self.wfile.write(b"x")


@contextmanager
def dripping(start: bytes) -> Iterator[int]:
    """Run an index that never comes to the end of its answer; give its port."""
    with HTTPServer(("127.0.0.1", 0), type("Handler", (Drip,), {"start": start})) as server:
        ended = server.ended = threading.Event()  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port
        finally:
            ended.set()
            server.shutdown()
            thread.join()


@contextmanager
def index(status: int, page: bytes = Index.page) -> Iterator[tuple[int, list[str | None]]]:
    """Run an index; give its port, and who asked it as what."""
    handler = type("Handler", (Index,), {"status": status, "page": page, "asked": []})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port, handler.__dict__["asked"]
        finally:
            server.shutdown()
            thread.join()


def use(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"):
        monkeypatch.setenv(name, address)


def test_with_name_and_password(monkeypatch: pytest.MonkeyPatch) -> None:
    with index(500) as (port, asked):
        use(monkeypatch, f"http://name:p%40ss@127.0.0.1:{port}/simple")
        refuse_silent_indexes()
    assert asked == [ALLOWED]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_is_an_answer(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    with index(status) as (port, _):
        use(monkeypatch, f"http://127.0.0.1:{port}/simple")
        refuse_silent_indexes()


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (503, "503 Service Unavailable"),
        (407, "407 Proxy Authentication Required"),
        (0, "220 mail.example.com??[2J"),
    ],
)
def test_a_fault_is_none(monkeypatch: pytest.MonkeyPatch, status: int, told: str) -> None:
    with index(status) as (port, _):
        use(monkeypatch, f"http://name:wrong@127.0.0.1:{port}/simple")
        with pytest.raises(Problem) as caught:
            refuse_silent_indexes()
    assert str(caught.value) == f"the package index http://127.0.0.1:{port}/simple does not answer: {told}"


@pytest.mark.parametrize("page", [b"", b"\0\xff" * 100, b"<h1>Sign in to the network</h1>"])
def test_nonsense_is_none(monkeypatch: pytest.MonkeyPatch, page: bytes) -> None:
    with index(200, page) as (port, _):
        use(monkeypatch, f"http://127.0.0.1:{port}/simple")
        with pytest.raises(Problem, match="does not answer: what it says of hatchling is no page of an index"):
            refuse_silent_indexes()


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\n\r\nhatchling"])
def test_an_answer_without_an_end_is_none(monkeypatch: pytest.MonkeyPatch, start: bytes) -> None:
    monkeypatch.setattr("release.index.SECONDS_TO_ANSWER", 0.2)
    with dripping(start) as port:
        use(monkeypatch, f"http://127.0.0.1:{port}/simple")
        with pytest.raises(Problem, match=r"does not answer: no whole answer in 0\.2 seconds"):
            refuse_silent_indexes()
