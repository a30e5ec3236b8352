"""Nonsense given for a number is refused in one line that names the parameter, wherever the public interface takes one.

The parameters are found by their annotations in the approved interface. `CALLS` says how to give each a value, and
`NOT_TRIED` why some are not tried here.
"""

from __future__ import annotations

import asyncio
import math
import re
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy
import pytest

import cocoindex as coco
from cocoindex.connectorkits import async_adapters, retry, sql, text_values
from cocoindex.connectorkits.polling import polling
from cocoindex.connectors import amazon_s3, localfs, sqlite
from cocoindex.errors import CocoIndexError
from cocoindex.ops import code, entity_resolution, litellm, text
from cocoindex.ops.entity_resolution.llm_resolver import LlmPairResolver
from cocoindex.resources import rate_limit, schema
from cocoindex.resources.file import moment_of

HERE = Path(__file__).parent
APPROVED = HERE.parents[1] / "api" / "approved"
_CALLABLE = re.compile(
    r"cocoindex\.([\w.]*?)(?:\.__(?:init|new|call)__)?(?:@\d+)? (?:async )?(?:def|fields)\((.*)\)(?: ->|$)"
)
_NUMBER = re.compile(r"(\w+): ([^=,]*?\b(?:int|float|timedelta)\b[^=,]*)")

NONSENSE: dict[str, list[object]] = {
    "float": [True, math.nan, "3", b"3", [3], 10**400, -1.0, -math.inf],
    "int": [True, 1.5, math.nan, math.inf, "3", b"3", [3], -1],
    "timedelta": [1.5, "3", [3], timedelta(seconds=-1)],
}
"""By what the annotation says, the first that fits."""


class Call(NamedTuple):
    """How a value is given for a parameter.

    Attributes:
        give: gives it.
        takes: what makes sense there.
        named: what the message calls it; the parameter where None.
    """

    give: Callable[[Any], Any]
    takes: tuple[object, ...] = ()
    named: str | None = None


NOT_TRIED = {
    "what the library makes, and programs read": [
        *("ComponentStats.", "connectors.amazon_s3.S3Items.", "connectorkits.polling.Polled", "errors.", "inspect."),
        *("connectorkits.sql.TableState.", "ops.litellm.errors.", "resources.chunk.", "resources.file.FileMetadata."),
        *("resources.view.", "runners.ray.errors.", "testing.CheckResult."),
    ],
    "what only the library gives": ["ops.text.code_source.ParsedOnce."],
    "what the library gives to the code of others": [
        *("GPU.execute.", "GPURunner.execute.", "ProcessRunner.execute.", "RemoteCall.", "RemoteWorker.", "Runner."),
        *("connectorkits.sql.Dialect.", "connectorkits.sql.RowEncoder.", "connectorkits.sql.SharedDialect."),
        "connectorkits.target.Contents.",
        *("testing.", "ops.text.syntax_nodes.", "ops.text.syntax_walk.", "runners.ray.RayRunner.execute."),
    ],
    "a class of which others are derived": ["resources.file.FileLike.", "connectors.amazon_s3.S3File."],
    "a part of a message, which must not fail": ["connectorkits.shown."],
    "of a table or a live loop; the tests of its package try it": [
        *("connectors.duckdb.TableTarget.", "connectors.postgres.TableTarget."),
        *("LiveComponentOperator.lag.", "LiveMapSubscriber.lag.", "runners.ray.RayRunner."),
    ],
}


def parameters() -> Iterator[tuple[str, str]]:
    """Each parameter that takes a number, with its annotation."""
    found: dict[str, str] = {}
    for interface in sorted(APPROVED.iterdir()):
        for line in interface.read_text().splitlines():
            if match := _CALLABLE.match(line):
                for parameter, annotation in _NUMBER.findall(match[2]):
                    found.setdefault(f"{match[1]}.{parameter}", annotation)
    for name, annotation in found.items():
        if not any(name.startswith(prefix) for prefixes in NOT_TRIED.values() for prefix in prefixes):
            yield name, annotation


def nothing(*_: object) -> None: ...


FUNCTION: Any = nothing


async def nowhere() -> AsyncIterator[None]:
    return
    yield


async def backoff(**given: Any) -> None:
    retry.Backoff(**given)


def splitting(**given: Any) -> None:
    text.RecursiveSplitter().split("words and words", given.pop("chunk_size", 100), **given)


def waiting(value: Any) -> None:
    with coco.timeout(value):
        pass


def group(value: Any) -> None:
    with coco.stats_group("title", report_to_stdout=value):
        pass


async def entities(**given: Any) -> None:
    await entity_resolution.resolve_entities(["a"], embedder=None, resolve_pair=None, **given)  # type: ignore[arg-type]  # looked at later


async def limited(value: Any) -> None:
    await rate_limit.RateLimiter(10.0).acquire(value)


def a_file() -> localfs.File:
    return next(iter(localfs.walk_dir(HERE)))


def on_an_app(act: Callable[[coco.App[..., Any]], Any]) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        environment = coco.Environment(coco.Settings(db_path=Path(folder) / "store"))
        try:
            return act(coco.App(coco.AppConfig("app", environment=environment), nothing))
        finally:
            environment.close()


CALLS: dict[str, Call] = {
    "connectors.amazon_s3.list_objects.max_file_size": Call(
        lambda value: amazon_s3.list_objects(None, "bucket", max_file_size=value)
    ),
    "connectors.amazon_s3.S3Walker.max_file_size": Call(
        lambda value: amazon_s3.S3Walker(None, "bucket", max_file_size=value)
    ),
    "connectors.amazon_s3.read.size": Call(lambda value: amazon_s3.read(None, "s3://bucket/key", value), (-1,)),
    "connectors.localfs.walk_dir.rescan_interval": Call(lambda value: localfs.walk_dir(".", rescan_interval=value)),
    "connectors.localfs.DirWalker.rescan_interval": Call(lambda value: localfs.DirWalker(".", rescan_interval=value)),
    "connectors.localfs.File.read.size": Call(lambda value: a_file().read(value), (-1,)),
    "connectors.sqlite.connect.timeout": Call(lambda value: sqlite.connect(":memory:", timeout=value)),
    "connectors.sqlite.managed_connection.timeout": Call(
        lambda value: sqlite.managed_connection(":memory:", timeout=value).__enter__()
    ),
    "App.drop.report_to_stdout": Call(lambda value: on_an_app(lambda app: app.drop(report_to_stdout=value))),
    "App.drop_blocking.report_to_stdout": Call(
        lambda value: on_an_app(lambda app: app.drop_blocking(report_to_stdout=value))
    ),
    "App.update.report_to_stdout": Call(lambda value: on_an_app(lambda app: app.update(report_to_stdout=value))),
    "App.update_blocking.report_to_stdout": Call(
        lambda value: on_an_app(lambda app: app.update_blocking(report_to_stdout=value))
    ),
    "AppConfig.max_inflight_components": Call(
        lambda value: coco.App(coco.AppConfig("app", max_inflight_components=value), nothing)
    ),
    "GPU.fraction": Call(lambda value: coco.GPU(value)),
    "GPUPool.num_gpus": Call(lambda value: coco.GPUPool(value)),
    "GPUPool.acquire.fraction": Call(lambda value: coco.GPUPool(1).acquire(value)),
    "GPUPool.acquire_full.gpu_count": Call(lambda value: coco.GPUPool(1).acquire_full(value)),
    "GPURunner.fraction": Call(lambda value: coco.GPURunner(value)),
    "GPUPool.release.gpu_id": Call(lambda value: coco.GPUPool(1).release(value, 1.0), named="gpu_id|GPU"),
    "GPUPool.release.fraction": Call(lambda value: coco.GPUPool(1).release(0, value)),
    "LmdbSettings.max_dbs": Call(lambda value: coco.Settings(db_settings=coco.LmdbSettings(max_dbs=value))),
    "LmdbSettings.map_size": Call(lambda value: coco.Settings(db_settings=coco.LmdbSettings(map_size=value))),
    "ProcessRunner.workers": Call(lambda value: coco.ProcessRunner(value)),
    "ProcessRunner.retries": Call(lambda value: coco.ProcessRunner(retries=value)),
    "Settings.lmdb_max_dbs": Call(lambda value: coco.Settings(lmdb_max_dbs=value), named="max_dbs"),
    "Settings.lmdb_map_size": Call(lambda value: coco.Settings(lmdb_map_size=value), named="map_size"),
    "auto_refresh.interval": Call(lambda value: coco.auto_refresh(nothing, interval=value)),
    "configure_gpu_pool.num_gpus": Call(lambda value: coco.configure_gpu_pool(value)),
    "connectorkits.async_adapters.async_to_sync_iter.max_queue_size": Call(
        lambda value: next(async_adapters.async_to_sync_iter(nowhere, max_queue_size=value)), (-1,)
    ),
    "connectorkits.async_adapters.sync_to_async_iter.max_queue_size": Call(
        lambda value: async_adapters.sync_to_async_iter(list, max_queue_size=value).__anext__(), (-1,)
    ),
    "connectorkits.polling.polling.interval": Call(lambda value: polling([], value)),
    "connectorkits.retry.Backoff.attempts": Call(lambda value: backoff(attempts=value)),
    "connectorkits.retry.Backoff.seconds": Call(lambda value: backoff(seconds=value)),
    "connectorkits.retry.Backoff.first": Call(lambda value: backoff(first=value)),
    "connectorkits.retry.Backoff.longest": Call(lambda value: backoff(longest=value)),
    "connectorkits.retry.Backoff.pause.at_least": Call(
        lambda value: retry.Backoff().pause(ValueError(), at_least=value)
    ),
    "connectorkits.sql.float_array.size": Call(lambda value: sql.float_array([1.0], "float32", value)),
    "connectorkits.text_values.decimal.precision": Call(lambda value: text_values.decimal(value, 0)),
    "connectorkits.text_values.decimal.scale": Call(lambda value: text_values.decimal(3, value), (-1,)),
    "connectorkits.text_values.floating.bits": Call(lambda value: text_values.floating(value)),
    "connectorkits.text_values.integer.bits": Call(lambda value: text_values.integer("whole", value)),
    "connectorkits.text_values.items.size": Call(
        lambda value: text_values.items(text_values.integer("whole", 8), value)
    ),
    "connectorkits.text_values.timestamp.step": Call(lambda value: text_values.timestamp("moment", step=value)),
    "fn.max_batch_size": Call(lambda value: coco.fn(batching=True, max_batch_size=value)(FUNCTION)),
    "fn.batches_in_flight": Call(lambda value: coco.fn(batching=True, batches_in_flight=value)(FUNCTION)),
    "fn.version": Call(lambda value: coco.fn(version=value)(FUNCTION), (-1,)),
    "fn.as_async.max_batch_size": Call(lambda value: coco.fn.as_async(batching=True, max_batch_size=value)(FUNCTION)),
    "fn.as_async.batches_in_flight": Call(
        lambda value: coco.fn.as_async(batching=True, batches_in_flight=value)(FUNCTION)
    ),
    "fn.as_async.version": Call(lambda value: coco.fn.as_async(version=value)(FUNCTION), (-1,)),
    "show_progress.refresh_interval": Call(
        lambda value: on_an_app(lambda app: coco.show_progress(app.update(), refresh_interval=value))
    ),
    "stats_group.report_to_stdout": Call(group),
    "timeout.duration": Call(waiting),
    "ops.code.CodePattern.min_len": Call(lambda value: code.CodePattern("x", "python", min_len=value)),
    "ops.code.index_terms.min_len": Call(lambda value: code.index_terms("x", "python", value)),
    "ops.entity_resolution.llm_resolver.LlmPairResolver.retries": Call(
        lambda value: LlmPairResolver(model="model", retries=value)
    ),
    "ops.entity_resolution.resolve_entities.max_distance": Call(lambda value: entities(max_distance=value)),
    "ops.entity_resolution.resolve_entities.top_n": Call(lambda value: entities(top_n=value)),
    "ops.litellm.LiteLLMEmbedder.max_inflight_requests": Call(
        lambda value: litellm.LiteLLMEmbedder("model", max_inflight_requests=value)
    ),
    "ops.litellm.LiteLLMEmbedder.timeout": Call(lambda value: litellm.LiteLLMEmbedder("model", timeout=value)),
    "ops.litellm.LiteLLMTranscriber.timeout": Call(lambda value: litellm.LiteLLMTranscriber("model", timeout=value)),
    "ops.text.RecursiveSplitter.split.chunk_size": Call(lambda value: splitting(chunk_size=value)),
    "ops.text.RecursiveSplitter.split.min_chunk_size": Call(lambda value: splitting(min_chunk_size=value)),
    "ops.text.RecursiveSplitter.split.chunk_overlap": Call(lambda value: splitting(chunk_overlap=value)),
    "resources.file.moment_of.nanoseconds": Call(lambda value: moment_of(value), (-1,)),
    "resources.rate_limit.RateLimiter.max_rows_per_second": Call(lambda value: rate_limit.RateLimiter(value)),
    "resources.rate_limit.RateLimiter.burst_window_secs": Call(lambda value: rate_limit.RateLimiter(1.0, value)),
    "resources.rate_limit.RateLimiter.acquire.n": Call(limited),
    "resources.schema.VectorSchema.size": Call(lambda value: schema.VectorSchema(numpy.dtype("float32"), value)),
}


@pytest.mark.parametrize(("name", "annotation"), sorted(parameters()))
def test_nonsense_is_refused(name: str, annotation: str) -> None:
    assert name in CALLS, "say in CALLS how a value is given for this parameter, or in NOT_TRIED why it is not"
    call = CALLS[name]
    kind = next(kind for kind in NONSENSE if re.search(rf"\b{kind}\b", annotation))
    for value in NONSENSE[kind]:
        is_fine = isinstance(value, bool) and "bool" in annotation
        if is_fine or any(type(value) is type(fine) and value == fine for fine in call.takes):
            continue
        with pytest.raises(CocoIndexError) as caught:
            given = call.give(value)
            if isinstance(given, Awaitable):
                asyncio.run(_awaited(given))
            pytest.fail(f"takes {value!r}")
        assert re.search(rf"\b(?:{call.named or name.rpartition('.')[2]})\b", str(caught.value)), str(caught.value)
        assert "\n" not in str(caught.value)


def test_all_that_is_tried_exists() -> None:
    assert CALLS.keys() <= {name for name, _ in parameters()}


async def _awaited(given: Awaitable[object]) -> None:
    await given
