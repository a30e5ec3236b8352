"""What the tests share: Ray in this machine, started once, and functions that its workers can import."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import pathlib
import sys
from collections.abc import Iterator
from typing import Any

import pytest

if importlib.util.find_spec("ray") is None:  # the session `ray` has it, most others do not
    collect_ignore_glob = ["test_[!r]*.py"]  # but test_runners_are_alike.py

sys.path.append(str(pathlib.Path(__file__).with_name("workload")))
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
os.environ["RAY_AUTH_MODE"] = "disabled"


@pytest.fixture(scope="session")
def local_ray() -> Iterator[None]:
    """A cluster that runners find connected: the tests do not wait for one each. Its GPUs are not there."""
    import ray

    nodes: Any = importlib.import_module("ray_nodes")
    with nodes.head("--num-cpus=2", "--num-gpus=2") as address:
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR)
        yield
        ray.shutdown()


@pytest.fixture
def address(local_ray: None) -> str:
    """The address of that cluster, for programs of their own."""
    import ray

    return str(ray.get_runtime_context().gcs_address)
