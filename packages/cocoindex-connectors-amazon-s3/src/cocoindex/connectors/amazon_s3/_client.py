"""Runs calls of an S3 client in threads, at most as many at a time as the client has connections.

Connector layer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar, cast
from weakref import WeakKeyDictionary

from cocoindex.connectorkits import shown

from ._aio_client import AioClient
from .errors import S3ClientError

if TYPE_CHECKING:
    from botocore.client import BaseClient

T = TypeVar("T")

_pools: WeakKeyDictionary[object, ThreadPoolExecutor] = WeakKeyDictionary()


def checked_client(client: object, argument: str = "client") -> BaseClient:
    """Return `client` if it is an S3 client of boto3; wrap an S3 client of aiobotocore, so that it can be used alike.

    Raises:
        S3ClientError: (a `TypeError`) it is something else.
    """
    from botocore.client import BaseClient

    if isinstance(client, AioClient):
        return cast("BaseClient", client)
    if isinstance(client, BaseClient):
        service: str = client.meta.service_model.service_name
        kinds = {base.__module__.partition(".")[0] for base in type(client).__mro__}
        if service == "s3":
            return cast("BaseClient", AioClient(client)) if "aiobotocore" in kinds else client
        raise S3ClientError(f"{argument} is a client of {shown(service)}; give one of S3: boto3.client('s3')")
    advice = "give a client of boto3 or aiobotocore: boto3.client('s3')"
    if hasattr(client, "__aenter__"):
        advice = "give the client that it opens: async with session.create_client('s3') as client, in the lifespan"
    raise S3ClientError(f"{argument} is a {type(client).__module__}.{type(client).__qualname__}; {advice}")


def in_thread(client: BaseClient, call: Callable[..., T], *args: object) -> asyncio.Future[T]:
    """Start `call(*args)` in the thread pool of the client, which has one thread for each of its connections."""
    loop = asyncio.get_running_loop()
    owner: object = client
    if isinstance(client, AioClient):
        client.bind(loop)
        owner = client.raw
    pool = _pools.get(owner)
    if pool is None:
        pool = _pools[owner] = ThreadPoolExecutor(client.meta.config.max_pool_connections, "s3")
    return loop.run_in_executor(pool, call, *args)
