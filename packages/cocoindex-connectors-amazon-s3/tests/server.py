"""A store that speaks S3's protocol on loopback, which can be told to fail as the real one may."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

import boto3
from botocore.config import Config
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import create_backend_app
from moto.s3.models import FakeKey, S3Backend, s3_backends
from werkzeug.serving import WSGIRequestHandler, make_server

Request = dict[str, Any]
Rule = Callable[[Request], tuple[str, bytes] | None]


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


class S3Server:
    """moto's server behind a gate that counts requests and answers some of them itself.

    Attributes:
        requests: method and path of each request since `forget()`.
        rules: asked for each request, before moto is; the first answer (status, body) is given.
        cuts: how many bytes of each of the next contents are sent before the connection breaks.
    """

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.headers: list[Request] = []
        self.rules: list[Rule] = []
        self.cuts: list[int] = []
        self._moto = create_backend_app("s3")
        self._port = 0
        self.start()
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen; after a stop at the same port again, with all that was stored."""
        self._server = make_server("127.0.0.1", self._port, self._answer, threaded=True, request_handler=_Quiet)
        self._port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def client(self, **options: Any) -> Any:
        """Return a boto3 client that tries each request up to three times."""
        config = Config(retries={"max_attempts": 3, "mode": "standard"}, max_pool_connections=8)
        defaults = {
            "endpoint_url": self.url,
            "region_name": "us-east-1",
            "aws_access_key_id": "testing",
            "aws_secret_access_key": "testing",
            "config": config,
        }
        return boto3.client("s3", **(defaults | options))

    @property
    def stored(self) -> S3Backend:
        """What the server keeps."""
        return s3_backends[DEFAULT_ACCOUNT_ID]["aws"]

    def contents(self, bucket: str) -> dict[str, bytes]:
        """All objects of a bucket, by key, without requests."""
        found = self.stored.buckets[bucket].keys.items()
        return {key: entry.value for key, entry in found if isinstance(entry, FakeKey)}

    def forget(self) -> None:
        """Forget requests, rules and cuts."""
        self.requests.clear()
        self.headers.clear()
        self.rules.clear()
        self.cuts.clear()

    def answer(self, method: str, path: str, status: str, code: str, times: int = 1000) -> None:
        """Have the next requests of this method and path answered with an error."""
        left = [times]

        def rule(request: Request) -> tuple[str, bytes] | None:
            if request["REQUEST_METHOD"] != method or request["PATH_INFO"] != path or not left[0]:
                return None
            left[0] -= 1
            return status, f"<Error><Code>{code}</Code><Message>as told</Message></Error>".encode()

        self.rules.append(rule)

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, request: Request, start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.requests.append(f"{request['REQUEST_METHOD']} {request['PATH_INFO']}")
        self.headers.append(request)
        for rule in self.rules:
            if (answer := rule(request)) is not None:
                status, body = answer
                request["wsgi.input"].read(int(request.get("CONTENT_LENGTH") or 0))
                start_response(status, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
                return [body]
        answered: Iterable[bytes] = self._moto(request, start_response)
        if self.cuts and request["REQUEST_METHOD"] == "GET" and request["PATH_INFO"].count("/") > 1:
            return [b"".join(answered)[: self.cuts.pop(0)]]
        return answered
