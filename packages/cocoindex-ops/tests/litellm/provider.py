"""A provider that speaks OpenAI's protocol on loopback, which can be told what to answer."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cocoindex.ops.litellm._library import load_litellm

Answer = tuple[int, dict[str, str], Any]


async def let_go() -> None:
    """Have LiteLLM close and forget its clients, which it keeps by the address that it was told."""
    litellm = load_litellm()
    await litellm.close_litellm_async_clients()
    litellm.in_memory_llm_clients_cache.flush_cache()


class Provider:
    """Embeds a text as its length, 1 and 0; hears "hello" in every recording.

    Attributes:
        embedded: the requests for vectors, in the order in which they came.
        heard: the bodies of the requests for transcripts.
        asked: the requests for completions.
        answers: status, headers and body of the next answers, instead of the usual ones.
        completions: the texts of the next completions.
        at_once: how many requests were under way at a time, at most.
        most: how many characters it takes in a request.
        too_many: its answer to a request of more.
        gate: no request is answered before it is set.
        silence: no request with a text that begins so is answered before it is set.
    """

    def __init__(self) -> None:
        self.embedded: list[dict[str, Any]] = []
        self.heard: list[bytes] = []
        self.asked: list[dict[str, Any]] = []
        self.answers: list[Answer] = []
        self.completions: list[str] = []
        self.at_once = 0
        self.most = 1 << 30
        self.too_many: Answer = (429, {}, {})
        self.gate = threading.Event()
        self.gate.set()
        self.silence = threading.Event()
        self._under_way = 0
        self._lock = threading.Condition()
        handler = type("Handler", (_Handler,), {"provider": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def stop(self) -> None:
        """Stop listening."""
        self.gate.set()
        self.silence.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait_for(self, count: int) -> None:
        """Wait until so many requests are under way at a time."""
        with self._lock:
            assert self._lock.wait_for(lambda: self.at_once >= count, timeout=30)

    def answer(self, path: str, body: bytes) -> Answer:
        """Answer one request."""
        with self._lock:
            self._under_way += 1
            self.at_once = max(self.at_once, self._under_way)
            self._lock.notify_all()
            planned = self.answers.pop(0) if self.answers else None
            usual = self._usual(path, body)
        self.gate.wait()
        if b'"silence' in body:
            self.silence.wait()
        with self._lock:
            self._under_way -= 1
        return planned or usual

    def _usual(self, path: str, body: bytes) -> Answer:
        if path.endswith("/transcriptions"):
            self.heard.append(body)
            return 200, {}, {"text": "hello"}
        asked = json.loads(body)
        if path.endswith("/completions"):
            self.asked.append(asked)
            message = {"role": "assistant", "content": self.completions.pop(0)}
            choice = {"index": 0, "finish_reason": "stop", "message": message}
            usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
            return 200, {}, {"id": "1", "object": "chat.completion", "created": 1, "choices": [choice], "usage": usage}
        self.embedded.append(asked)
        texts = asked["input"]
        if any(text.startswith("refused") for text in texts):
            return 400, {}, {"error": {"message": "that text cannot be embedded"}}
        if sum(map(len, texts)) > self.most:
            return self.too_many
        for status in (424, 500, 503):
            if any(text.startswith(str(status)) for text in texts):
                return status, {}, {"error": {"message": "the model failed on that text"}}
        if any(text.startswith("busy") for text in texts):
            return 504, {"Retry-After": "5000"}, {"error": {"message": "a server gave up"}}
        rows = [
            {"object": "embedding", "index": i, "embedding": [float(len(text)), 1.0, 0.0]}
            for i, text in enumerate(texts)
            if text != "left out"
        ]
        return 200, {}, {"object": "list", "model": "m", "data": rows[::-1], "usage": {"total_tokens": 1}}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64  # a connection that has to wait for one of only 5 takes a second more


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, headers, answer = self.provider.answer(self.path, body)
        text = json.dumps(answer).encode()
        self.send_response(status)
        # Without the last one the client below LiteLLM tries again by itself, and really waits.
        for name, value in {"Content-Type": "application/json", "x-should-retry": "false", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        with suppress(ConnectionError):  # whoever asked may have given up
            self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:
        pass
