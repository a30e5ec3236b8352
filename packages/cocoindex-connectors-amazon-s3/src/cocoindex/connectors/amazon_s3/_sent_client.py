"""A client of S3 as sent to another process: with its endpoint, without credentials.

Connector layer. Credentials stay: the other process has its own, from its environment, files or role.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from botocore.client import BaseClient


class SentClient(NamedTuple):
    """What is sent of a client."""

    region: str | None
    endpoint: str
    addressing_style: str | None


def sent_client(client: BaseClient) -> SentClient:
    """What is sent of `client`."""
    options = client.meta.config.s3 or {}
    return SentClient(client.meta.region_name, client.meta.endpoint_url, options.get("addressing_style"))


@functools.lru_cache
def client_of(sent: SentClient) -> BaseClient:
    """A client of boto3 that goes where the sent one does: one for each process, as it has connections."""
    import boto3
    from botocore.config import Config

    config = Config(s3={"addressing_style": sent.addressing_style}) if sent.addressing_style else None
    return boto3.client("s3", region_name=sent.region, endpoint_url=sent.endpoint, config=config)
