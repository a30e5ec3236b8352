"""Describes an S3 client for another process: its endpoint, but not its credentials.

Connector layer. The other process uses its own credentials, from its environment, files or role.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from botocore.client import BaseClient


class SentClient(NamedTuple):
    """The settings of a client that are sent to another process."""

    region: str | None
    endpoint: str
    addressing_style: str | None


def sent_client(client: BaseClient) -> SentClient:
    """Return the settings of `client` to send."""
    options = client.meta.config.s3 or {}
    return SentClient(client.meta.region_name, client.meta.endpoint_url, options.get("addressing_style"))


@functools.lru_cache
def client_of(sent: SentClient) -> BaseClient:
    """Return a boto3 client with these settings; it is cached in this process, because it holds connections."""
    import boto3
    from botocore.config import Config

    config = Config(s3={"addressing_style": sent.addressing_style}) if sent.addressing_style else None
    return boto3.client("s3", region_name=sent.region, endpoint_url=sent.endpoint, config=config)
