"""Objects are kept as they are declared: written when they changed, removed when they are declared no more."""

from __future__ import annotations

import cocoindex as coco
from cocoindex.connectors import amazon_s3

from .conftest import S3, Bucket

Wanted = dict[str, str | bytes]


@coco.fn
async def declare(key: str, content: str | bytes, target: amazon_s3.BucketTarget) -> None:
    target.declare_object(key, content)


@coco.fn
async def main(wanted: Wanted, name: str, prefix: str = "out/") -> None:
    target = amazon_s3.BucketTarget(S3, name, prefix=prefix)
    for key, content in wanted.items():
        await coco.mount(coco.component_subpath(key), declare, key, content, target)


def written(bucket: Bucket) -> list[str]:
    """The keys that the last update wrote."""
    return sorted(
        request.removeprefix(f"PUT /{bucket.name}/") for request in bucket.server.requests if request.startswith("PUT")
    )


def test_they_are_written_changed_and_removed(bucket: Bucket) -> None:
    bucket.update(main, {"a.txt": "1", "d/b.txt": "2", "c": b"3"}, bucket.name)
    assert bucket.contents() == {"out/a.txt": "1", "out/d/b.txt": "2", "out/c": "3"}
    bucket.update(main, {"a.txt": "1", "d/b.txt": "changed", "new": "4"}, bucket.name)
    assert written(bucket) == ["out/d/b.txt", "out/new"]
    assert bucket.contents() == {"out/a.txt": "1", "out/d/b.txt": "changed", "out/new": "4"}


def test_unchanged_objects_are_not_even_asked_for(bucket: Bucket) -> None:
    bucket.update(main, {"a": "1", "b": "2"}, bucket.name)
    bucket.update(main, {"a": "1", "b": "2"}, bucket.name)
    assert bucket.server.requests == []


def test_what_others_keep_in_the_bucket_stays(bucket: Bucket) -> None:
    bucket.write("out/theirs", b"x")
    bucket.write("elsewhere", b"y")
    bucket.update(main, {"ours": "1"}, bucket.name)
    bucket.update(main, {}, bucket.name)
    assert bucket.contents() == {"out/theirs": "x", "elsewhere": "y"}
    bucket.update(main, {"ours": "1"}, bucket.name)
    bucket.drop(main, {}, bucket.name)
    assert bucket.contents() == {"out/theirs": "x", "elsewhere": "y"}


def test_many_are_removed_with_few_requests(bucket: Bucket) -> None:
    bucket.update(main, {f"{number}": "x" for number in range(300)}, bucket.name)
    assert len(bucket.contents()) == 300
    bucket.update(main, {}, bucket.name)
    assert bucket.contents() == {}
    removals = [request for request in bucket.server.requests if request.startswith("POST")]
    assert 1 <= len(removals) <= 10


def test_full_reprocess_writes_all_again(bucket: Bucket) -> None:
    bucket.update(main, {"a": "1", "b": "2"}, bucket.name)
    bucket.client.delete_object(Bucket=bucket.name, Key="out/a")
    bucket.update(main, {"a": "1", "b": "2"}, bucket.name, full_reprocess=True)
    assert written(bucket) == ["out/a", "out/b"]


def test_an_object_that_somebody_else_removed_is_removed_without_complaint(bucket: Bucket) -> None:
    bucket.update(main, {"a": "1"}, bucket.name)
    bucket.client.delete_object(Bucket=bucket.name, Key="out/a")
    bucket.update(main, {}, bucket.name)
    assert bucket.failures == []


def test_moving_the_prefix_moves_the_objects(bucket: Bucket) -> None:
    bucket.update(main, {"a": "1"}, bucket.name, "old/")
    bucket.update(main, {"a": "1"}, bucket.name, "new/")
    assert bucket.contents() == {"new/a": "1"}


def test_one_object_is_declared_without_a_target(bucket: Bucket) -> None:
    @coco.fn
    async def one(name: str) -> None:
        amazon_s3.declare_object(S3, name, "k", "content", content_type="text/x-special")

    bucket.update(one, bucket.name)
    assert bucket.contents() == {"k": "content"}
    assert bucket.client.head_object(Bucket=bucket.name, Key="k")["ContentType"] == "text/x-special"


def test_a_memoized_function_keeps_what_it_declared(bucket: Bucket) -> None:
    calls: list[str] = []

    @coco.fn(memo=True)
    async def render(key: str, target: amazon_s3.BucketTarget) -> None:
        calls.append(key)
        target.declare_object(key, key)

    @coco.fn
    async def main(name: str) -> None:
        await coco.mount_each(render, [("a", "a"), ("b", "b")], amazon_s3.BucketTarget(S3, name))

    bucket.update(main, bucket.name)
    bucket.update(main, bucket.name)
    assert sorted(calls) == ["a", "b"]
    assert bucket.contents() == {"a": "a", "b": "b"}


def test_whoever_pays_says_so_when_writing_and_when_removing(bucket: Bucket) -> None:
    @coco.fn
    async def main(name: str, keys: list[str]) -> None:
        for key in keys:
            amazon_s3.BucketTarget(S3, name, request_payer=True).declare_object(key, key)

    bucket.update(main, bucket.name, ["a"])
    bucket.server.forget()
    bucket.update(main, bucket.name, [])
    assert {request.get("HTTP_X_AMZ_REQUEST_PAYER") for request in bucket.server.headers} == {"requester"}
    assert bucket.contents() == {}
