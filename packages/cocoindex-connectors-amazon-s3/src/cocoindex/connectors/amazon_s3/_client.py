"""Calls of a boto3 client, made in threads: as many at a time as the client has connections.

Connector layer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

from cocoindex.errors import S3ClientError

if TYPE_CHECKING:
    from botocore.client import BaseClient

T = TypeVar("T")

_pools: WeakKeyDictionary[BaseClient, ThreadPoolExecutor] = WeakKeyDictionary()


def checked_client(client: object, argument: str = "client") -> BaseClient:
    """Return `client` if it is a boto3 client of S3.

    Raises:
        S3ClientError: (a `TypeError`) it is something else, or one whose calls have to be awaited.
    """
    from botocore.client import BaseClient

    kinds = {base.__module__.partition(".")[0] for base in type(client).__mro__}
    if isinstance(client, BaseClient) and "aiobotocore" not in kinds:
        service: str = client.meta.service_model.service_name
        if service == "s3":
            return client
        raise S3ClientError(f"{argument} is a client of {service!r}; give one of S3: boto3.client('s3')")
    raise S3ClientError(
        f"{argument} is a {type(client).__module__}.{type(client).__qualname__}; give a client of boto3: "
        "boto3.client('s3'), which takes the same arguments as one of aiobotocore"
    )


def in_thread(client: BaseClient, call: Callable[..., T], *args: object) -> asyncio.Future[T]:
    """Start `call(*args)` in a thread of the client's own; more calls than it has connections would wait anyway."""
    pool = _pools.get(client)
    if pool is None:
        pool = _pools[client] = ThreadPoolExecutor(client.meta.config.max_pool_connections, "s3")
    return asyncio.get_running_loop().run_in_executor(pool, call, *args)
