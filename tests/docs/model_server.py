"""A provider of models for the pages' programs: it speaks OpenAI's protocol on loopback.

It refuses its first request of each kind as too many, so that a program has to try again. A completion is the last line
of what was asked, in capitals; the vector of a text counts its letters.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SIZE = 8


@contextmanager
def model_server() -> Iterator[str]:
    """Serve; give the address that a client takes as that of the API."""
    refused: set[str] = set()
    handler = type("Handler", (_Handler,), {"refused": refused})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    refused: set[str]

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path not in self.refused:
            self.refused.add(self.path)
            self._answer(429, {"error": {"message": "too many requests"}})
        elif self.path.endswith("/embeddings"):
            self._answer(200, _vectors(asked["input"]))
        else:
            text = asked["messages"][-1]["content"].splitlines()[-1].upper()
            message = {"role": "assistant", "content": text}
            choices = [{"index": 0, "finish_reason": "stop", "message": message}]
            self._answer(200, {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": choices})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _vectors(texts: list[str] | str) -> dict[str, Any]:
    listed = [texts] if isinstance(texts, str) else texts
    data = [{"object": "embedding", "index": number, "embedding": _vector(text)} for number, text in enumerate(listed)]
    return {"object": "list", "model": "m", "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}


def _vector(text: str) -> list[float]:
    counts = [1.0] * SIZE
    for letter in filter(str.isalpha, text.lower()):
        counts[ord(letter) % SIZE] += 1.0
    return counts
