"""A hundred thousand objects are listed page by page, in memory that does not grow with their number."""

from __future__ import annotations

import asyncio
import gc
from urllib.parse import parse_qs

from cocoindex.connectors import amazon_s3

from .conftest import Bucket
from .server import Request

PAGE = 1000


def page(number: int, pages: int) -> bytes:
    """What S3 answers to a request for one page of a listing."""
    entries = "".join(
        f"<Contents><Key>k{number * PAGE + each:07}</Key><LastModified>2024-05-01T12:00:00.000Z</LastModified>"
        f"<ETag>&quot;{each:032x}&quot;</ETag><Size>7</Size><StorageClass>STANDARD</StorageClass></Contents>"
        for each in range(PAGE)
    )
    last = number + 1 == pages
    more = "" if last else f"<NextContinuationToken>{number + 1}</NextContinuationToken>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Name>many</Name><Prefix></Prefix><KeyCount>{PAGE}</KeyCount><MaxKeys>{PAGE}</MaxKeys>"
        f"<IsTruncated>{'false' if last else 'true'}</IsTruncated>{more}{entries}</ListBucketResult>"
    ).encode()


def listed(bucket: Bucket, pages: int) -> tuple[int, int]:
    """How many objects were listed, and how many of them were in memory at a time, at most."""

    def answer(request: Request) -> tuple[str, bytes] | None:
        if request["PATH_INFO"] != "/many":
            return None
        asked = parse_qs(request["QUERY_STRING"]).get("continuation-token", ["0"])
        return "200 OK", page(int(asked[0]), pages)

    async def count() -> tuple[int, int]:
        number = held = 0
        async for key, file in amazon_s3.list_objects(bucket.client, "many").items():
            assert key == f"k{number:07}" and file.file_path.resolve() == key
            number += 1
            if number % (10 * PAGE) == PAGE // 2:
                held = max(held, sum(isinstance(each, amazon_s3.S3File) for each in gc.get_objects()))
        return number, held

    bucket.server.rules[:] = [answer]
    return asyncio.run(count())


def test_memory_does_not_grow_with_the_number(bucket: Bucket) -> None:
    number, held = listed(bucket, 100)
    assert number == 100_000
    assert PAGE <= held <= 2 * PAGE
