"""A store that goes away in mid-update fails what it was asked for; once it is back, an update converges."""

from __future__ import annotations

import pytest

import cocoindex as coco
from cocoindex.connectors import amazon_s3
from cocoindex.connectors.amazon_s3.errors import S3Error
from cocoindex.resources.file import FileLike

from .conftest import S3, Bucket
from .server import Request

COUNT = 40


@pytest.fixture
def failing(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """The bucket; its server keeps its rules through an update, and boto3 makes no pauses."""
    monkeypatch.setattr(bucket.server, "forget", lambda: None)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    return bucket


def stop_after(bucket: Bucket, method: str, number: int) -> None:
    """Have the server stop when it was asked `number` times with this method."""
    left = number

    def stop(request: Request) -> tuple[str, bytes] | None:
        nonlocal left
        if request["REQUEST_METHOD"] == method and request["PATH_INFO"].count("/") > 1:
            left -= 1
            if left == 0:
                bucket.server.stop()
        return None

    bucket.server.rules.append(stop)


def restart(bucket: Bucket) -> None:
    bucket.server.rules.clear()
    bucket.server.start()


@coco.fn(memo=True)
async def write(key: str, content: str, target: amazon_s3.BucketTarget) -> None:
    target.declare_object(key, content)


@coco.fn
async def write_all(name: str, text: str) -> None:
    target = amazon_s3.BucketTarget(S3, name)
    for number in range(COUNT):
        await coco.mount(coco.component_subpath(number), write, f"{number:02}", text, target)


@coco.fn(memo=True)
async def copy(file: FileLike[str], target: amazon_s3.BucketTarget) -> None:
    target.declare_object(file.file_path.path.as_posix(), await file.read())


@coco.fn
async def copy_all(name: str) -> None:
    files = amazon_s3.list_objects(coco.use_context(S3), name, prefix="in/")
    await coco.mount_each(copy, files.items(), amazon_s3.BucketTarget(S3, name, prefix="out/"))


def test_while_objects_are_written(failing: Bucket) -> None:
    failing.update(write_all, failing.name, "old")
    stop_after(failing, "PUT", 7)
    failing.update(write_all, failing.name, "new")
    assert len(failing.failures) > 20
    assert all(isinstance(error, S3Error) for error, _ in failing.failures)
    restart(failing)
    assert failing.update(write_all, failing.name, "new").num_errors == 0
    assert failing.contents() == {f"{number:02}": "new" for number in range(COUNT)}


def test_while_objects_are_read(failing: Bucket) -> None:
    for number in range(COUNT):
        failing.write(f"in/{number:02}", b"text")

    stop_after(failing, "GET", 5)
    failing.update(copy_all, failing.name)
    assert failing.failures and all(isinstance(error, S3Error) for error, _ in failing.failures)
    restart(failing)
    assert failing.update(copy_all, failing.name).num_errors == 0
    copied = {key for key in failing.contents() if key.startswith("out/")}
    assert copied == {f"out/{number:02}" for number in range(COUNT)}


def test_before_anything_is_listed_nothing_is_removed(failing: Bucket) -> None:
    failing.write("in/a", b"text")

    failing.update(copy_all, failing.name)
    failing.server.stop()
    with pytest.raises(S3Error, match="Could not connect"):
        failing.update(copy_all, failing.name)
    failing.server.start()
    assert failing.contents() == {"in/a": "text", "out/a": "text"}
