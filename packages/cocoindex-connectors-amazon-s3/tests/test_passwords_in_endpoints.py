"""A password in the URL of an endpoint is not shown where Python prints an error and its causes."""

from __future__ import annotations

import asyncio
import traceback
from typing import Any

import boto3
import pytest
from botocore.config import Config

from cocoindex.connectors import amazon_s3
from cocoindex.connectors.amazon_s3.errors import S3Error

OPTIONS = {
    "endpoint_url": "http://user:hidden@127.0.0.1:9",
    "region_name": "us-east-1",
    "aws_access_key_id": "testing",
    "aws_secret_access_key": "testing",
}


async def printed(client: Any) -> str:
    """What Python prints of the error of a client that reaches no server."""
    with pytest.raises(S3Error) as raised:
        await amazon_s3.read(client, "s3://bucket/key")
    return "".join(traceback.format_exception(raised.value))


def test_of_boto3() -> None:
    client = boto3.client("s3", **OPTIONS, config=Config(retries={"max_attempts": 0}))
    text = asyncio.run(printed(client))
    assert "user:***@127.0.0.1" in text and "hidden" not in text


def test_of_aiobotocore() -> None:
    session_module = pytest.importorskip("aiobotocore.session")

    async def run() -> str:
        config = pytest.importorskip("aiobotocore.config").AioConfig(retries={"max_attempts": 0})
        async with session_module.get_session().create_client("s3", **OPTIONS, config=config) as client:
            return await printed(client)

    assert "hidden" not in asyncio.run(run())
