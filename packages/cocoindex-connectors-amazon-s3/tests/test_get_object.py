"""`get_object` returns one object, named by URI or by bucket and key; `read` its content alone."""

from __future__ import annotations

import asyncio

import pytest

from cocoindex.connectors import amazon_s3
from cocoindex.connectors.amazon_s3.errors import S3ArgumentError, S3NotFoundError
from cocoindex.errors import CocoIndexError

from .conftest import Bucket


@pytest.fixture
def filled(bucket: Bucket) -> Bucket:
    bucket.write("data/a.txt", b"hello")
    bucket.write("empty", b"")
    return bucket


@pytest.mark.parametrize("by_uri", [True, False])
def test_it_is_named_by_uri_or_by_bucket_and_key(filled: Bucket, by_uri: bool) -> None:
    named = (f"s3://{filled.name}/data/a.txt",) if by_uri else (filled.name, "data/a.txt")

    async def get() -> None:
        file = await amazon_s3.get_object(filled.client, *named)
        assert (await file.size(), await file.read(), await file.read(2)) == (5, b"hello", b"he")
        assert file.file_path.path.as_posix() == file.file_path.resolve() == "data/a.txt"
        assert file.file_path.bucket_name == filled.name

    asyncio.run(get())


@pytest.mark.parametrize(("size", "content"), [(-1, b"hello"), (0, b""), (3, b"hel"), (99, b"hello"), (-5, b"hello")])
def test_read_takes_a_number_of_bytes(filled: Bucket, size: int, content: bytes) -> None:
    assert asyncio.run(amazon_s3.read(filled.client, f"s3://{filled.name}/data/a.txt", size)) == content


@pytest.mark.parametrize("size", [-1, 0, 3])
def test_an_empty_object_is_read(filled: Bucket, size: int) -> None:
    assert asyncio.run(amazon_s3.read(filled.client, f"s3://{filled.name}/empty", size)) == b""


def test_read_makes_one_request(filled: Bucket) -> None:
    filled.server.forget()
    asyncio.run(amazon_s3.read(filled.client, f"s3://{filled.name}/data/a.txt"))
    assert filled.server.requests == [f"GET /{filled.name}/data/a.txt"]


def test_the_content_is_read_once_and_kept(filled: Bucket) -> None:
    async def get() -> None:
        file = await amazon_s3.get_object(filled.client, filled.name, "data/a.txt")
        filled.server.forget()
        assert await file.read() == await file.read() == b"hello"
        assert await file.read_text() == "hello"
        assert filled.server.requests == [f"GET /{filled.name}/data/a.txt"]

    asyncio.run(get())


@pytest.mark.parametrize(
    "named",
    [
        ("s3://bucket",),
        ("s3://bucket/",),
        ("s3:///key",),
        ("http://bucket/key",),
        ("bucket",),
        ("s3://bucket/key", "key"),
        ("bucket", ""),
        ("", "key"),
        (3, "key"),
        ("bucket", 3),
    ],
)
def test_what_names_no_object_is_refused(bucket: Bucket, named: tuple[str, ...]) -> None:
    with pytest.raises(S3ArgumentError) as refusal:
        asyncio.run(amazon_s3.get_object(bucket.client, *named))
    assert isinstance(refusal.value, ValueError) and isinstance(refusal.value, CocoIndexError)
    assert bucket.server.requests == []


@pytest.mark.parametrize("uri", ["bucket/key", "s3://bucket", "", "https://x/y", None])
def test_read_takes_only_a_uri(bucket: Bucket, uri: str) -> None:
    with pytest.raises(S3ArgumentError, match="s3://bucket/key"):
        asyncio.run(amazon_s3.read(bucket.client, uri))


def test_an_object_that_is_not_there_is_an_error_that_names_it(filled: Bucket) -> None:
    for asked in (
        amazon_s3.get_object(filled.client, filled.name, "gone"),
        amazon_s3.read(filled.client, f"s3://{filled.name}/gone"),
    ):
        with pytest.raises(S3NotFoundError) as missing:
            asyncio.run(asked)
        assert missing.value.filename == f"s3://{filled.name}/gone"
        assert isinstance(missing.value, FileNotFoundError)


def test_one_version_of_an_object(bucket: Bucket) -> None:
    bucket.client.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})
    old = bucket.client.put_object(Bucket=bucket.name, Key="k", Body=b"old")["VersionId"]
    bucket.write("k", b"new")
    uri = f"s3://{bucket.name}/k"

    async def get() -> None:
        file = await amazon_s3.get_object(bucket.client, uri, version_id=old)
        newest = await amazon_s3.get_object(bucket.client, uri)
        assert (await file.read(), await newest.read()) == (b"old", b"new")
        assert (file.version_id, newest.version_id) == (old, None)
        assert file.__coco_memo_key__() != newest.__coco_memo_key__()
        assert await amazon_s3.read(bucket.client, uri, version_id=old) == b"old"
        with pytest.raises(S3NotFoundError, match="versionId=") as missing:
            await amazon_s3.get_object(bucket.client, uri, version_id="11111111-2222-3333-4444-555555555555")
        assert missing.value.filename.startswith(uri)

    asyncio.run(get())


def test_whoever_pays_says_so_in_each_request(filled: Bucket) -> None:
    async def ask() -> None:
        file = await amazon_s3.get_object(filled.client, filled.name, "data/a.txt", request_payer=True)
        await file.read()
        await amazon_s3.read(filled.client, f"s3://{filled.name}/data/a.txt", request_payer=True)
        walker = amazon_s3.list_objects(filled.client, filled.name, prefix="data/", request_payer=True)
        assert [await listed.read() async for listed in walker] == [b"hello"]

    filled.server.forget()
    asyncio.run(ask())
    assert [request.get("HTTP_X_AMZ_REQUEST_PAYER") for request in filled.server.headers] == ["requester"] * 5
