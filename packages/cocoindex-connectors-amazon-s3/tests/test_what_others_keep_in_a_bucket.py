"""An object that the app did not write is neither overwritten nor removed, unless the program says so."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import amazon_s3
from cocoindex.connectors.amazon_s3.errors import S3Error

from .conftest import S3, Bucket

LARGE = "x" * 9 * 1024 * 1024


@coco.fn
async def declare(key: str, content: str, target: amazon_s3.BucketTarget) -> None:
    target.declare_object(key, content)


@coco.fn
async def main(contents: dict[str, str], bucket: str, adopt: bool = False) -> None:
    target = amazon_s3.BucketTarget(S3, bucket, prefix="out/", adopt=adopt)
    for key, content in contents.items():
        await coco.mount(coco.component_subpath(key), declare, key, content, target)


def put(bucket: Bucket, key: str, text: str) -> None:
    bucket.client.put_object(Bucket=bucket.name, Key=key, Body=text.encode(), ContentType="application/octet-stream")


@pytest.mark.parametrize("ours", ["ours", LARGE])
def test_it_is_not_overwritten(bucket: Bucket, ours: str) -> None:
    put(bucket, "out/mine", "mine")
    for full in (False, False, True):
        bucket.update(main, {"mine": ours, "a": "1"}, bucket.name, full_reprocess=full)
        ((failure, where),) = bucket.failures
        assert isinstance(failure, S3Error) and "adopt=True" in str(failure) and "mine" in where
        assert bucket.contents() == {"out/mine": "mine", "out/a": "1"}
    bucket.drop(main, {}, bucket.name)
    assert bucket.contents() == {"out/mine": "mine"}


@pytest.mark.parametrize("text", ["mine", LARGE])
def test_one_that_is_just_as_declared_is_left_and_stays(bucket: Bucket, text: str) -> None:
    put(bucket, "out/mine", text)
    before = bucket.client.head_object(Bucket=bucket.name, Key="out/mine")["LastModified"]
    for full in (False, False, True):
        bucket.update(main, {"mine": text}, bucket.name, full_reprocess=full)
        assert bucket.failures == []
    assert bucket.client.head_object(Bucket=bucket.name, Key="out/mine")["LastModified"] == before
    bucket.update(main, {"mine": "ours"}, bucket.name)
    assert len(bucket.failures) == 1
    bucket.update(main, {}, bucket.name)
    assert bucket.contents() == {"out/mine": text}


def test_one_of_another_type_is_not_as_declared(bucket: Bucket) -> None:
    bucket.client.put_object(Bucket=bucket.name, Key="out/mine", Body=b"mine", ContentType="text/html")
    bucket.update(main, {"mine": "mine"}, bucket.name)
    assert len(bucket.failures) == 1


@pytest.mark.parametrize("text", ["mine", "ours"])
def test_one_that_is_taken_over_is_the_apps(bucket: Bucket, text: str) -> None:
    put(bucket, "out/mine", "mine")
    bucket.update(main, {"mine": text}, bucket.name, True)
    assert bucket.failures == []
    assert bucket.contents() == {"out/mine": text}
    bucket.update(main, {}, bucket.name, True)
    assert bucket.contents() == {}


def test_one_that_somebody_changed_is_written_again(bucket: Bucket) -> None:
    bucket.update(main, {"a": "1", "b": "2"}, bucket.name)
    put(bucket, "out/a", "edited")
    bucket.update(main, {"a": "one", "b": "2"}, bucket.name)
    assert bucket.contents() == {"out/a": "one", "out/b": "2"}
    put(bucket, "out/b", "edited")
    bucket.update(main, {"a": "one", "b": "2"}, bucket.name, full_reprocess=True)
    assert bucket.contents() == {"out/a": "one", "out/b": "2"}


@pytest.mark.parametrize("text", ["theirs", "1"])
@pytest.mark.parametrize("how", ["undeclared", "dropped"])
def test_one_that_took_the_place_of_ours_is_not_removed(bucket: Bucket, text: str, how: str) -> None:
    bucket.update(main, {"a": "1", "b": "2"}, bucket.name)
    put(bucket, "out/a", text)
    if how == "dropped":
        bucket.drop(main, {}, bucket.name)
    else:
        bucket.update(main, {}, bucket.name)
    assert bucket.contents() == {"out/a": text}


def test_one_that_another_app_took_over_is_that_apps(bucket: Bucket) -> None:
    bucket.update(main, {"a": "1"}, bucket.name)
    bucket.update(main, {"a": "1"}, bucket.name, True, app="other")
    bucket.update(main, {}, bucket.name)
    assert bucket.contents() == {"out/a": "1"}
    bucket.update(main, {}, bucket.name, app="other")
    assert bucket.contents() == {}


def test_a_client_that_may_not_read_removes_what_it_wrote(bucket: Bucket) -> None:
    @coco.fn
    async def without_reading(contents: dict[str, str], name: str) -> None:
        bucket.server.answer("HEAD", f"/{name}/out/a", "403 Forbidden", "AccessDenied")
        await main(contents, name)

    bucket.update(without_reading, {"a": "1"}, bucket.name)
    bucket.update(without_reading, {}, bucket.name)
    assert bucket.failures == [] and bucket.contents() == {}


@pytest.mark.parametrize("text", ["theirs", "1"])
def test_one_that_was_put_where_ours_failed_is_not_removed(bucket: Bucket, text: str) -> None:
    @coco.fn
    async def denied(contents: dict[str, str], name: str) -> None:
        bucket.server.answer("PUT", f"/{name}/out/a", "403 Forbidden", "AccessDenied")
        await main(contents, name)

    bucket.update(denied, {"a": "1"}, bucket.name)
    assert len(bucket.failures) == 1
    bucket.server.forget()
    put(bucket, "out/a", text)
    bucket.update(main, {}, bucket.name)
    assert bucket.failures == []
    assert bucket.contents() == {"out/a": text}


@pytest.mark.parametrize("there", [True, False])
def test_a_store_that_knows_no_conditions(bucket: Bucket, there: bool) -> None:
    def refuse(request: dict[str, object]) -> tuple[str, bytes] | None:
        if request["REQUEST_METHOD"] == "PUT" and "HTTP_IF_NONE_MATCH" in request:
            return "501 Not Implemented", b"<Error><Code>NotImplemented</Code><Message>as told</Message></Error>"
        return None

    if there:
        put(bucket, "out/a", "mine")

    @coco.fn
    async def prepared(contents: dict[str, str], name: str) -> None:
        bucket.server.rules.append(refuse)
        await main(contents, name)

    bucket.update(prepared, {"a": "1"}, bucket.name)
    bucket.server.forget()
    assert len(bucket.failures) == there
    assert bucket.contents() == {"out/a": "mine" if there else "1"}


def test_one_that_was_written_by_an_attempt_whose_answer_was_lost_is_the_apps(bucket: Bucket) -> None:
    lost: list[str] = []

    def lose(request: dict[str, Any]) -> tuple[str, bytes] | None:
        if request["REQUEST_METHOD"] != "PUT" or lost:
            return None
        lost.append(request["PATH_INFO"])
        mark = {"x-amz-meta-cocoindex": request["HTTP_X_AMZ_META_COCOINDEX"]}
        made = bucket.server.stored.put_object(bucket.name, "out/a", b"1")
        made.set_metadata({**mark, "Content-Type": "application/octet-stream"}, replace=True)
        return "500 Internal Server Error", b"<Error><Code>InternalError</Code><Message>as told</Message></Error>"

    @coco.fn
    async def prepared(contents: dict[str, str], name: str) -> None:
        bucket.server.rules.append(lose)
        await main(contents, name)

    bucket.update(prepared, {"a": "1"}, bucket.name)
    bucket.server.forget()
    assert lost and bucket.failures == [] and bucket.contents() == {"out/a": "1"}
    bucket.update(main, {}, bucket.name)
    assert bucket.contents() == {}
