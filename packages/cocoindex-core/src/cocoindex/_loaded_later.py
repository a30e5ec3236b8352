"""Public names of `cocoindex` that few programs need: their modules are loaded when they are first used."""

from __future__ import annotations

from importlib import import_module
from types import FunctionType
from typing import Final

LATER: Final = {
    "show_progress": "_app.show_progress",
    "exception_handler": "_component.exception_scope",
    "map": "_component.map",
    "StateHandle": "_function.use_state",
    "use_state": "_function.use_state",
    "auto_refresh": "_live.auto_refresh",
    "LiveComponent": "_live.protocols",
    "LiveComponentOperator": "_live.protocols",
    "LiveMapFeed": "_live.protocols",
    "LiveMapSubscriber": "_live.protocols",
    "LiveMapView": "_live.protocols",
    "LiveStream": "_live.protocols",
    "LiveStreamSubscriber": "_live.protocols",
    "ComponentStats": "_progress.stats",
    "UpdateSnapshot": "_progress.stats",
    "UpdateStats": "_progress.stats",
    "UpdateStatus": "_progress.stats",
    "StatsGroupHandle": "_progress.stats_group",
    "stats_group": "_progress.stats_group",
    "GPUPool": "_runners.gpu_pool",
    "configure_gpu_pool": "_runners.gpu_pool",
    "GPU": "_runners.gpu_runner",
    "GPURunner": "_runners.gpu_runner",
    "ProcessRunner": "_runners.process_runner",
    "RemoteCall": "_runners.remote_call",
    "RemoteWorker": "_runners.remote_worker",
}
"""Which module each is in; `connectorkits` is one itself."""


def load(package: str, name: str) -> object:
    """Return what `package` has under a name.

    Raises:
        AttributeError: it has nothing.
    """
    if name == "connectorkits":
        return import_module(f"{package}.connectorkits")
    if name not in LATER:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    value = getattr(import_module(f"{package}.{LATER[name]}"), name)
    if isinstance(value, type | FunctionType):
        value.__module__ = package
    return value
