"""CocoIndex: keep what a target holds up to date with a function of what a source holds.

PYTEST_DONT_REWRITE: else pytest, whose plugin core has, warns where this is imported before it.
"""

from pkgutil import extend_path as _extend_path
from types import FunctionType as _FunctionType
from typing import TYPE_CHECKING as _TYPE_CHECKING

from cocoindex._missing_module import name_missing_modules as _name_missing_modules
from cocoindex._peer_guard import refuse_peer as _refuse_peer
from cocoindex._peer_guard import warn_of_second_core as _warn_of_second_core
from cocoindex._plugin_finder import check_plugins as _check_plugins

__distribution__ = "cocoindex-core"
# Where other distributions of the namespace are, be they installed, or editable by a folder or by an import hook.
__path__ = _extend_path(__path__, __name__)
_refuse_peer(__path__)
_warn_of_second_core(__path__)
_name_missing_modules()
_check_plugins()

from ._app.app import App as App
from ._app.app import AppConfig as AppConfig
from ._app.handles import DropHandle as DropHandle
from ._app.handles import UpdateHandle as UpdateHandle
from ._component.mount import mount as mount
from ._component.mount_each import mount_each as mount_each
from ._component.mount_target import mount_target as mount_target
from ._component.use_mount import use_mount as use_mount
from ._function.decorator import fn as fn
from ._function.function import LogicTracking as LogicTracking
from ._function.gpu_allocation import current_gpu as current_gpu
from ._function.gpu_allocation import current_gpu_fraction as current_gpu_fraction
from ._function.gpu_allocation import current_gpus as current_gpus
from ._function.logic_propagated_to_callers import logic_propagated_to_callers as logic_propagated_to_callers
from ._function.logic_propagated_to_callers import logic_tracked as logic_tracked
from ._function.runner import Runner as Runner
from ._keys import ROOT_PATH as ROOT_PATH
from ._keys import StableKey as StableKey
from ._keys import StablePath as StablePath
from ._keys import Symbol as Symbol
from ._runtime.cancellation import check_cancellation as check_cancellation
from ._runtime.context import ContextKey as ContextKey
from ._runtime.context import ContextProvider as ContextProvider
from ._runtime.deadline import timeout as timeout
from ._runtime.default_env import default_env as default_env
from ._runtime.environment import Environment as Environment
from ._runtime.environment import EnvironmentBuilder as EnvironmentBuilder
from ._runtime.failure import ExceptionContext as ExceptionContext
from ._runtime.failure import ExceptionHandler as ExceptionHandler
from ._runtime.lifespan import lifespan as lifespan
from ._runtime.lifespan import runtime as runtime
from ._runtime.lifespan import start as start
from ._runtime.lifespan import start_blocking as start_blocking
from ._runtime.lifespan import stop as stop
from ._runtime.lifespan import stop_blocking as stop_blocking
from ._runtime.lifespan_steps import LifespanFn as LifespanFn
from ._runtime.mount_handle import ComponentMountHandle as ComponentMountHandle
from ._runtime.scope import ComponentContext as ComponentContext
from ._runtime.scope import get_component_context as get_component_context
from ._runtime.scope import use_context as use_context
from ._runtime.settings import LmdbSettings as LmdbSettings
from ._runtime.settings import Settings as Settings
from ._runtime.subpath import ComponentSubpath as ComponentSubpath
from ._runtime.subpath import component_subpath as component_subpath
from ._target.declare import declare_target_state as declare_target_state
from ._target.declare import declare_target_state_with_child as declare_target_state_with_child
from ._target.handler import ChildTargetDef as ChildTargetDef
from ._target.handler import TargetHandler as TargetHandler
from ._target.handler import TargetReconcileOutput as TargetReconcileOutput
from ._target.pending import PendingS as PendingS
from ._target.pending import ResolvedS as ResolvedS
from ._target.pending import ResolvesTo as ResolvesTo
from ._target.registry import register_root_target_states_provider as register_root_target_states_provider
from ._target.sink import ChildSlot as ChildSlot
from ._target.sink import TargetActionSink as TargetActionSink
from ._target.state import PendingTargetStateProvider as PendingTargetStateProvider
from ._target.state import TargetState as TargetState
from ._target.state import TargetStateProvider as TargetStateProvider
from ._target.type_variables import MaybePendingS as MaybePendingS
from ._values import NON_EXISTENCE as NON_EXISTENCE
from ._values import MemoStateOutcome as MemoStateOutcome
from ._values import NonExistenceType as NonExistenceType
from ._values import NotMemoKeyable as NotMemoKeyable
from ._values import is_non_existence as is_non_existence
from ._values import memo_fingerprint as memo_fingerprint
from ._values import register_memo_key_function as register_memo_key_function
from ._values import register_memo_type as register_memo_type
from ._values import register_not_memo_keyable as register_not_memo_keyable
from ._values import serialize_by_pickle as serialize_by_pickle
from ._values import unpickle_safe as unpickle_safe
from .errors import DeadlineExceededError as DeadlineExceededError
from .errors import RetryWithSmallerBatch as RetryWithSmallerBatch

if _TYPE_CHECKING:
    from . import connectorkits as connectorkits
    from ._app.show_progress import show_progress as show_progress
    from ._component.exception_scope import exception_handler as exception_handler
    from ._component.map import map as map
    from ._function.use_state import StateHandle as StateHandle
    from ._function.use_state import use_state as use_state
    from ._live.auto_refresh import auto_refresh as auto_refresh
    from ._live.protocols import LiveComponent as LiveComponent
    from ._live.protocols import LiveComponentOperator as LiveComponentOperator
    from ._live.protocols import LiveMapFeed as LiveMapFeed
    from ._live.protocols import LiveMapSubscriber as LiveMapSubscriber
    from ._live.protocols import LiveMapView as LiveMapView
    from ._live.protocols import LiveStream as LiveStream
    from ._live.protocols import LiveStreamSubscriber as LiveStreamSubscriber
    from ._progress.stats import ComponentStats as ComponentStats
    from ._progress.stats import UpdateSnapshot as UpdateSnapshot
    from ._progress.stats import UpdateStats as UpdateStats
    from ._progress.stats import UpdateStatus as UpdateStatus
    from ._progress.stats_group import StatsGroupHandle as StatsGroupHandle
    from ._progress.stats_group import stats_group as stats_group
    from ._runners.gpu_pool import GPUPool as GPUPool
    from ._runners.gpu_pool import configure_gpu_pool as configure_gpu_pool
    from ._runners.gpu_runner import GPU as GPU
    from ._runners.gpu_runner import GPURunner as GPURunner
    from ._runners.process_runner import ProcessRunner as ProcessRunner
    from ._runners.remote_call import RemoteCall as RemoteCall
    from ._runners.remote_worker import RemoteWorker as RemoteWorker
else:
    from ._loaded_later import LATER as _LATER
    from ._loaded_later import load as _load

    def __getattr__(name: str) -> object:
        """Load what few programs need when it is first used."""
        value = globals()[name] = _load(__name__, name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *_LATER, "connectorkits"})


# Messages, `help()` and pickles name the place where users find things, not the one where they are written.
for _value in list(globals().values()):
    if isinstance(_value, type | _FunctionType) and _value.__module__.startswith("cocoindex._"):
        _value.__module__ = __name__
del _value
