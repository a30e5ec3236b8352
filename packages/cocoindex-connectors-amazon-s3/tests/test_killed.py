"""A process that is killed while it writes or removes objects leaves nothing wrong: the next update converges."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import quick_python

from .conftest import Bucket
from .server import Request

PROGRAM = """
import asyncio, pathlib, sys
import boto3
import cocoindex as coco
from cocoindex.connectors import amazon_s3

S3 = coco.ContextKey("s3")
store, url, bucket, first, last, text, size = sys.argv[1:]

@coco.fn(memo=True)
async def write(key, content, target):
    target.declare_object(key, content)

@coco.fn
async def main():
    target = amazon_s3.BucketTarget(S3, bucket, prefix="out/")
    contents = [(f"{number:03}", text * int(size)) for number in range(int(first), int(last))]
    for key, content in contents:
        await coco.mount(coco.component_subpath(key), write, key, content, target)

async def update():
    client = boto3.client(
        "s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
    )
    context = coco.ContextProvider()
    context.provide(S3, client)
    environment = coco.Environment(coco.Settings(db_path=pathlib.Path(store)), context_provider=context)
    await coco.App(coco.AppConfig("app", environment=environment), main).update()
    environment.close()

asyncio.run(update())
"""
LARGE = 9 * 1024 * 1024


class Interrupted:
    """A bucket whose server lets requests of one kind wait, until the process that made them is killed."""

    def __init__(self, bucket: Bucket, folder: Path) -> None:
        self._bucket = bucket
        self._folder = folder

    def program(self, first: int, last: int, text: str, size: int) -> list[str]:
        arguments = (self._folder / "store", self._bucket.server.url, self._bucket.name, first, last, text, size)
        return ["-c", PROGRAM, *map(str, arguments)]

    def update(self, first: int, last: int, text: str, size: int = 1) -> None:
        done = quick_python.run(self.program(first, last, text, size))
        assert done.returncode == 0, done.stderr

    def kill_at(
        self, waits: Callable[[Request], bool], first: int, last: int, text: str, *, size: int = 1, after: int = 0
    ) -> None:
        """Kill an update whose request waits, when `after` of this kind were answered; it is never carried out."""
        waiting, killed = threading.Event(), threading.Event()
        seen = 0

        def hold(request: Request) -> tuple[str, bytes] | None:
            nonlocal seen
            if not waits(request):
                return None
            seen += 1
            if seen <= after:
                return None
            waiting.set()
            killed.wait()
            return "500 Internal Server Error", b"<Error><Code>InternalError</Code><Message>gone</Message></Error>"

        self._bucket.server.rules.append(hold)
        with quick_python.running(self.program(first, last, text, size)) as process:
            while not waiting.wait(0.05):
                assert process.poll() is None
        killed.set()
        self._bucket.server.rules.clear()


@pytest.fixture
def interrupted(bucket: Bucket, tmp_path: Path) -> Interrupted:
    return Interrupted(bucket, tmp_path)


def is_write(request: Request) -> bool:
    return str(request["REQUEST_METHOD"]) == "PUT"


def is_removal(request: Request) -> bool:
    return str(request["REQUEST_METHOD"]) == "POST" and "delete" in request["QUERY_STRING"]


def is_second_part(request: Request) -> bool:
    return "partNumber=2" in request["QUERY_STRING"]


def is_end_of_parts(request: Request) -> bool:
    return str(request["REQUEST_METHOD"]) == "POST" and "uploadId" in request["QUERY_STRING"]


def all_of(first: int, last: int, text: str) -> dict[str, str]:
    return {f"out/{number:03}": text for number in range(first, last)}


@pytest.mark.parametrize("after", [0, 15])
def test_while_it_writes(bucket: Bucket, interrupted: Interrupted, after: int) -> None:
    interrupted.update(0, 40, "old")
    interrupted.kill_at(is_write, 20, 60, "new", after=after)
    interrupted.update(10, 50, "new")
    assert bucket.contents() == all_of(10, 50, "new")


def test_while_it_removes(bucket: Bucket, interrupted: Interrupted) -> None:
    interrupted.update(0, 40, "old")
    interrupted.kill_at(is_removal, 20, 40, "old")
    interrupted.update(30, 45, "old")
    assert bucket.contents() == all_of(30, 45, "old")


@pytest.mark.parametrize("waits", [is_second_part, is_end_of_parts])
def test_in_the_parts_of_a_large_object(
    bucket: Bucket, interrupted: Interrupted, waits: Callable[[Request], bool]
) -> None:
    interrupted.update(0, 1, "a", LARGE)
    interrupted.kill_at(waits, 0, 1, "b", size=LARGE)
    assert bucket.contents() == all_of(0, 1, "a" * LARGE)
    interrupted.update(0, 1, "b", LARGE)
    assert bucket.contents() == all_of(0, 1, "b" * LARGE)


def test_what_was_written_for_the_first_time_is_removed_when_it_is_no_longer_declared(
    bucket: Bucket, interrupted: Interrupted
) -> None:
    interrupted.kill_at(is_write, 0, 40, "new", after=15)
    assert bucket.contents()
    interrupted.update(0, 0, "new")
    assert bucket.contents() == {}


def is_look_at_the_first(request: Request) -> bool:
    return str(request["REQUEST_METHOD"]) == "GET" and str(request["PATH_INFO"]).endswith("out/000")


def test_an_object_of_equal_content_that_was_there_before_stays(bucket: Bucket, interrupted: Interrupted) -> None:
    kind = "application/octet-stream"
    bucket.client.put_object(Bucket=bucket.name, Key="out/000", Body=b"new", ContentType=kind)
    interrupted.kill_at(is_look_at_the_first, 0, 1, "new")
    interrupted.update(1, 2, "new")
    assert bucket.contents() == all_of(0, 2, "new")
