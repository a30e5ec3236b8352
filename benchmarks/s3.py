"""Updates an index of the objects of a bucket with this project and with cocoindex 1.0.26, by turns; prints the cost.

    python benchmarks/s3.py --peer-python PATH [--objects 20000] [--rounds 3]

PATH is the Python of a virtual environment that has cocoindex[amazon_s3]==1.0.26. The bucket is one of moto's, in a
process of its own. Each measurement is a process of its own; `nothing changed` is the one to look at, as it is what
happens most.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

BUCKET = "benchmark"
PHASES = ("cold", "nothing changed", "1 % changed")


def main() -> None:
    arguments = _parse_arguments()
    if arguments.update:
        _update(arguments.update)
        return
    if arguments.serve:
        _serve(arguments.objects)
        return
    pythons = {"ours": sys.executable, "peer": arguments.peer_python}
    figures: dict[tuple[str, str], list[dict[str, float]]] = {}
    for _ in range(arguments.rounds):
        for who, python in pythons.items():
            with _store(arguments.objects) as (server, url), tempfile.TemporaryDirectory() as state:
                for phase in PHASES:
                    if phase == "1 % changed":
                        _ask(server, "change")
                    figures.setdefault((phase, who), []).append(_measure(python, url, state))
    _report(figures, arguments.objects)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--peer-python", default=sys.executable, help="the Python that has cocoindex[amazon_s3]==1.0.26"
    )
    parser.add_argument("--objects", type=int, default=20_000, help="how many objects there are")
    parser.add_argument("--rounds", type=int, default=3, help="how often each measurement is made")
    parser.add_argument("--update", help=argparse.SUPPRESS)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


@contextmanager
def _store(objects: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server with a full bucket, in a process of its own."""
    command = [sys.executable, __file__, "--serve", "--objects", str(objects)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server, server.stdout.readline().strip()
        finally:
            server.terminate()


def _ask(server: subprocess.Popen[str], what: str) -> None:
    assert server.stdin is not None and server.stdout is not None
    print(what, file=server.stdin, flush=True)
    server.stdout.readline()


def _serve(objects: int) -> None:
    """Fill a bucket, say where it is, and change some of it for each line that comes in."""
    from moto.s3.models import s3_backends
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    backend = s3_backends["123456789012"]["aws"]
    backend.create_bucket(BUCKET, "us-east-1")
    for number in range(objects):
        backend.put_object(BUCKET, f"in/{number % 100}/{number}", f"content of {number}".encode())
    host, port = server.get_host_and_port()
    print(f"http://{host}:{port}", flush=True)
    threading.Thread(target=_change, args=(backend, objects), daemon=True).start()
    threading.Event().wait()


def _change(backend: Any, objects: int) -> None:
    for _ in sys.stdin:
        for number in range(0, objects, 100):
            backend.put_object(BUCKET, f"in/{number % 100}/{number}", f"changed {number}".encode())
        print("done", flush=True)


def _measure(python: str, url: str, state: str) -> dict[str, float]:
    environment = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
        "BENCHMARK_STATE": state,
        "COCOINDEX_DISABLE_USAGE_TRACKING": "1",
    }
    command = [python, __file__, "--update", url]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _update(url: str) -> None:
    """One update, in the public API of both; only the client is made in another way."""
    import pathlib

    import cocoindex as coco
    from cocoindex.connectors import amazon_s3
    from cocoindex.resources.file import FileLike

    read: list[int] = []

    @coco.fn(memo=True)
    async def process(file: FileLike[str]) -> None:
        read.append(len(await file.read()))

    @coco.fn
    async def everything() -> None:
        async with _client(url) as client:
            # The client is closed at the end of the block, so that all has to be read by then.
            handle = await coco.mount_each(process, amazon_s3.list_objects(client, BUCKET, prefix="in/").items())
            await handle.ready()

    environment = coco.Environment(coco.Settings(db_path=pathlib.Path(os.environ["BENCHMARK_STATE"])))
    begun = time.perf_counter()
    coco.App(coco.AppConfig(name="s3", environment=environment), everything).update_blocking()
    wall = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {"cpu": used.ru_utime + used.ru_stime, "wall": wall, "memory": used.ru_maxrss / 1e3, "read": len(read)}
        )
    )


def _client(url: str) -> Any:
    try:
        import aiobotocore.session
    except ImportError:
        return _Ours(url)
    return aiobotocore.session.get_session().create_client("s3", endpoint_url=url)


class _Ours:
    """A client of boto3, as a context manager."""

    def __init__(self, url: str) -> None:
        import boto3

        self._client = boto3.client("s3", endpoint_url=url)

    async def __aenter__(self) -> Any:
        return self._client

    async def __aexit__(self, *_: object) -> None:
        self._client.close()


def _report(figures: dict[tuple[str, str], list[dict[str, float]]], objects: int) -> None:
    print(f"{objects} objects; medians, ours / peer, and how many times ours the peer's is")
    print("| phase | CPU, s | wall, s | memory, MB | read |")
    print("| --- | --- | --- | --- | --- |")
    for phase in PHASES:
        cells = []
        for name in ("cpu", "wall", "memory", "read"):
            ours, peer = (statistics.median(each[name] for each in figures[phase, who]) for who in ("ours", "peer"))
            ratio = f" ({peer / ours:.1f})" if name != "read" and ours else ""
            cells.append(f"{ours:.2f} / {peer:.2f}{ratio}" if name != "read" else f"{ours:.0f} / {peer:.0f}")
        print(f"| {phase} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
