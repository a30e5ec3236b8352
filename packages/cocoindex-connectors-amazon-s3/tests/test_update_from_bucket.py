"""An app runs again for the objects that changed, and for no other; what fails, fails for its object alone."""

from __future__ import annotations

from typing import Any

import cocoindex as coco
from cocoindex.connectors import amazon_s3
from cocoindex.connectors.amazon_s3.errors import S3AccessDeniedError, S3NotFoundError, S3ObjectChangedError
from cocoindex.resources.file import FileLike

from .conftest import S3, Bucket

seen: list[str] = []
meanwhile: dict[str, Any] = {}


@coco.fn(memo=True)
async def process(file: FileLike[str], name: str) -> None:
    if change := meanwhile.pop(file.file_path.name, None):
        change()
    seen.append(f"{file.file_path.name}={await file.read_text()}")


@coco.fn
async def main(name: str, prefix: str) -> None:
    files = amazon_s3.list_objects(coco.use_context(S3), name, prefix=prefix)
    await coco.mount_each(process, files.items(), name)


def update(bucket: Bucket, prefix: str = "in/") -> list[str]:
    """What was processed."""
    seen.clear()
    bucket.update(main, bucket.name, prefix)
    return sorted(seen)


def test_only_what_changed_is_processed_and_nothing_else_is_asked_for(bucket: Bucket) -> None:
    bucket.put(in__a="1", in__b="2")
    assert update(bucket) == ["a=1", "b=2"]
    assert update(bucket) == []
    assert bucket.server.requests == [f"GET /{bucket.name}"]
    bucket.put(in__b="3", in__c="4")
    assert update(bucket) == ["b=3", "c=4"]


def test_a_change_within_the_same_second_and_of_the_same_size_is_seen(bucket: Bucket) -> None:
    for content in "12345":
        bucket.put(in__a=content)
        assert update(bucket) == [f"a={content}"]


def test_the_same_content_written_again_is_not_processed(bucket: Bucket) -> None:
    bucket.put(in__a="1")
    update(bucket)
    bucket.put(in__a="1")
    assert update(bucket) == []


def test_another_prefix_is_another_relative_path(bucket: Bucket) -> None:
    bucket.put(in__a="1")
    assert update(bucket, "in/") == ["a=1"]
    assert update(bucket, "") == ["a=1"]


def test_a_bucket_that_is_not_there_is_one_error_and_nothing_counts_as_removed(bucket: Bucket) -> None:
    bucket.put(in__a="1")
    update(bucket)
    bucket.server.forget()
    seen.clear()
    try:
        bucket.update(main, "no-such-bucket", "in/")
    except S3NotFoundError as error:
        assert error.filename == "s3://no-such-bucket/in/" and "no such bucket" in str(error)
    else:
        raise AssertionError("it was listed")
    assert update(bucket) == []


def test_a_listing_that_breaks_off_fails_the_walk_and_removes_nothing(bucket: Bucket) -> None:
    bucket.put(in__a="1")
    update(bucket)
    broken = _update_with_answer(bucket, "GET", f"/{bucket.name}", "403 Forbidden", "AccessDenied")
    assert isinstance(broken, S3AccessDeniedError)
    assert update(bucket) == []


def test_an_object_that_must_not_be_read_fails_alone(bucket: Bucket) -> None:
    bucket.put(in__a="1", in__b="2", in__c="3")
    assert _update_with_answer(bucket, "GET", f"/{bucket.name}/in/b", "403 Forbidden", "AccessDenied") is None
    assert sorted(seen) == ["a=1", "c=3"]
    ((error, where),) = bucket.failures
    assert isinstance(error, S3AccessDeniedError) and isinstance(error, PermissionError)
    assert error.filename == f"s3://{bucket.name}/in/b" and "b" in where
    assert update(bucket) == ["b=2"]


def test_an_object_that_changes_before_it_is_read_fails_alone_and_is_read_by_the_next_update(bucket: Bucket) -> None:
    bucket.put(in__a="1", in__b="2")
    meanwhile["a"] = lambda: bucket.put(in__a="new")
    assert update(bucket) == ["b=2"]
    ((error, where),) = bucket.failures
    assert isinstance(error, S3ObjectChangedError) and error.filename == f"s3://{bucket.name}/in/a" and "a" in where
    assert update(bucket) == ["a=new"]


def test_an_object_that_is_gone_before_it_is_read_fails_alone(bucket: Bucket) -> None:
    bucket.put(in__a="1", in__b="2")
    meanwhile["a"] = lambda: bucket.client.delete_object(Bucket=bucket.name, Key="in/a")
    assert update(bucket) == ["b=2"]
    ((error, _),) = bucket.failures
    assert isinstance(error, S3NotFoundError)
    assert update(bucket) == [] and bucket.failures == []


def _update_with_answer(bucket: Bucket, method: str, path: str, status: str, code: str) -> BaseException | None:
    """Update while the server answers so; returns what the update raised."""
    forget = bucket.server.forget
    bucket.server.forget = lambda: None  # type: ignore[method-assign]  # the rule is to last through the update
    bucket.server.answer(method, path, status, code)
    seen.clear()
    try:
        bucket.update(main, bucket.name, "in/")
    except Exception as error:
        return error
    finally:
        bucket.server.forget = forget  # type: ignore[method-assign]
        forget()
    return None
