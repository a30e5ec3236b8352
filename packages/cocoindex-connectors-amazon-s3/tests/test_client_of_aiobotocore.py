"""A client of aiobotocore does what one of boto3 does, as source and as target."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import amazon_s3
from cocoindex.connectors.amazon_s3.errors import S3AccessDeniedError, S3ClientError, S3Error, S3NotFoundError
from cocoindex.resources.file import FileLike, PatternFilePathMatcher

from .conftest import S3, Bucket

session_module = pytest.importorskip("aiobotocore.session")
config = pytest.importorskip("aiobotocore.config")

LARGE = 9 * 1024 * 1024


def with_client(bucket: Bucket, act: Callable[[Any], Awaitable[Any]], service: str = "s3") -> Any:
    """Run `act` with a client of aiobotocore, on a loop of its own."""

    async def run() -> Any:
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(
                session_module.get_session().create_client(
                    service,
                    endpoint_url=bucket.server.url,
                    region_name="us-east-1",
                    aws_access_key_id="testing",
                    aws_secret_access_key="testing",
                    config=config.AioConfig(retries={"max_attempts": 3, "mode": "standard"}),
                )
            )
            return await act(client)

    return asyncio.run(run())


def test_listing_and_reading(bucket: Bucket) -> None:
    bucket.fill({f"data/{number:04}.txt": str(number).encode() for number in range(1100)})  # more than one page
    bucket.write("data/d/a.md", b"x" * LARGE)

    async def act(client: Any) -> None:
        matcher = PatternFilePathMatcher(["**/*.txt"])
        files = [
            file async for file in amazon_s3.list_objects(client, bucket.name, prefix="data/", path_matcher=matcher)
        ]
        assert len(files) == 1100
        assert await asyncio.gather(*(file.read_text() for file in files[:50])) == [str(n) for n in range(50)]
        assert await amazon_s3.read(client, f"s3://{bucket.name}/data/d/a.md") == b"x" * LARGE
        assert await amazon_s3.read(client, f"s3://{bucket.name}/data/d/a.md", 3) == b"xxx"
        file = await amazon_s3.get_object(client, bucket.name, "data/d/a.md")
        assert await file.size() == LARGE
        assert await file.read(5) == b"xxxxx"

    with_client(bucket, act)


def test_errors_are_told_as_with_boto3(bucket: Bucket) -> None:
    bucket.write("a")
    bucket.server.answer("GET", f"/{bucket.name}/denied", "403 Forbidden", "AccessDenied")

    async def act(client: Any) -> None:
        with pytest.raises(S3NotFoundError, match="missing"):
            await amazon_s3.read(client, f"s3://{bucket.name}/missing")
        with pytest.raises(S3NotFoundError):
            await amazon_s3.get_object(client, bucket.name, "missing")
        with pytest.raises(S3AccessDeniedError):
            await amazon_s3.read(client, f"s3://{bucket.name}/denied")
        with pytest.raises(S3NotFoundError, match="bucket"):
            [file async for file in amazon_s3.list_objects(client, "no-such-bucket")]

    with_client(bucket, act)


def test_a_content_that_breaks_off_is_read_on(bucket: Bucket) -> None:
    bucket.write("a", b"0123456789" * 1000)
    bucket.server.cuts.extend([3000, 1000])

    async def act(client: Any) -> Any:
        return await amazon_s3.read(client, f"s3://{bucket.name}/a")

    assert with_client(bucket, act) == b"0123456789" * 1000


def test_a_client_that_is_closed_is_an_error_that_says_what_to_do(bucket: Bucket) -> None:
    async def act(client: Any) -> None:
        await client.close()
        with pytest.raises(S3Error, match="open it in the lifespan"):
            await amazon_s3.get_object(client, bucket.name, "a")

    with_client(bucket, act)


def test_what_opens_a_client_is_an_error_that_says_what_to_do() -> None:
    async def act() -> None:
        opens = session_module.get_session().create_client("s3", region_name="us-east-1")
        with pytest.raises(S3ClientError, match="give the client that it opens: async with"):
            amazon_s3.list_objects(opens, "bucket")
        async with opens:
            pass

    asyncio.run(act())


def test_a_client_of_another_service_is_refused(bucket: Bucket) -> None:
    async def act(client: Any) -> None:
        with pytest.raises(S3ClientError, match="'sqs'"):
            amazon_s3.list_objects(client, "bucket")

    with_client(bucket, act, "sqs")


def test_a_server_that_is_not_there(bucket: Bucket) -> None:
    async def act(client: Any) -> None:
        bucket.server.stop()
        try:
            with pytest.raises(S3Error):
                await amazon_s3.get_object(client, bucket.name, "a")
        finally:
            bucket.server.start()

    with_client(bucket, act)


def test_an_app_keeps_objects_in_step_and_asks_nothing_of_what_is_unchanged(bucket: Bucket, tmp_path: Path) -> None:
    ran: list[str] = []

    @coco.fn(memo=True)
    async def shout(file: FileLike[str], target: amazon_s3.BucketTarget) -> None:
        ran.append(file.file_path.as_posix())
        target.declare_object(file.file_path.as_posix(), (await file.read_text()).upper())

    @coco.fn
    async def main() -> None:
        target = amazon_s3.BucketTarget(S3, bucket.name, prefix="out/")
        await coco.mount_each(
            shout, amazon_s3.list_objects(coco.use_context(S3), bucket.name, prefix="in/").items(), target
        )

    def update() -> list[str]:
        ran.clear()

        async def act(client: Any) -> None:
            context = coco.ContextProvider()
            context.provide(S3, client)
            environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"), context_provider=context)
            try:
                await coco.App(coco.AppConfig("app", environment=environment), main).update()
            finally:
                environment.close()

        with_client(bucket, act)
        return sorted(ran)

    def written() -> dict[str, str]:
        return {key: text for key, text in bucket.contents().items() if key.startswith("out/")}

    for name in ("a", "b", "c"):
        bucket.write(f"in/{name}", name.encode())
    assert update() == ["a", "b", "c"]
    assert written() == {"out/a": "A", "out/b": "B", "out/c": "C"}
    assert update() == []
    bucket.write("in/a", b"new")
    bucket.client.delete_object(Bucket=bucket.name, Key="in/b")
    assert update() == ["a"]
    assert written() == {"out/a": "NEW", "out/c": "C"}
