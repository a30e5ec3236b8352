"""All exceptions of the core that a program can meet; each derives from `CocoIndexError` and a built-in exception."""

from __future__ import annotations

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

from ._errors.base import CocoIndexError as CocoIndexError
from ._errors.functions import CallDepthError as CallDepthError
from ._errors.functions import CallPickleError as CallPickleError
from ._errors.functions import FunctionArgumentError as FunctionArgumentError
from ._errors.functions import FunctionCancelledError as FunctionCancelledError
from ._errors.functions import FunctionDefinitionError as FunctionDefinitionError
from ._errors.functions import FunctionDefinitionTypeError as FunctionDefinitionTypeError
from ._errors.functions import FunctionResultError as FunctionResultError
from ._errors.functions import GPUPoolError as GPUPoolError
from ._errors.functions import GPUPoolTypeError as GPUPoolTypeError
from ._errors.functions import GPUProcessError as GPUProcessError
from ._errors.functions import MemoRecursionError as MemoRecursionError
from ._errors.functions import MemoStateAwaitError as MemoStateAwaitError
from ._errors.functions import MemoStateError as MemoStateError
from ._errors.functions import PropagatedCallbackError as PropagatedCallbackError
from ._errors.functions import RecollectError as RecollectError
from ._errors.functions import RemoteCallError as RemoteCallError
from ._errors.functions import RetryWithSmallerBatch as RetryWithSmallerBatch
from ._errors.functions import RunnerError as RunnerError
from ._errors.functions import WorkerDiedError as WorkerDiedError
from ._errors.store import AppLockedError as AppLockedError
from ._errors.store import AppNameError as AppNameError
from ._errors.store import AppNotFoundError as AppNotFoundError
from ._errors.store import RecordError as RecordError
from ._errors.store import StoreClosedError as StoreClosedError
from ._errors.store import StoreCorruptedError as StoreCorruptedError
from ._errors.store import StoreError as StoreError
from ._errors.store import StoreFullError as StoreFullError
from ._errors.store import StoreKeyError as StoreKeyError
from ._errors.store import StoreOpenError as StoreOpenError
from ._errors.store import StoreReadonlyError as StoreReadonlyError
from ._errors.store import StoreVersionError as StoreVersionError
from ._errors.store import TooManyAppsError as TooManyAppsError
from ._errors.values import DeserializationError as DeserializationError
from ._errors.values import ForbiddenGlobalError as ForbiddenGlobalError
from ._errors.values import InvalidStableKeyError as InvalidStableKeyError
from ._errors.values import MalformedKeyError as MalformedKeyError
from ._errors.values import MemoKeyError as MemoKeyError
from ._errors.values import MemoKeyRegistrationError as MemoKeyRegistrationError
from ._errors.values import SerializationError as SerializationError
from ._errors.values import StablePathSyntaxError as StablePathSyntaxError
from ._errors.values import StoredShapeError as StoredShapeError
from ._peer_guard import require_core as _require_core

if TYPE_CHECKING:
    from ._errors.commands import AppChoiceError as AppChoiceError
    from ._errors.commands import AppLoadError as AppLoadError
    from ._errors.commands import InspectArgumentError as InspectArgumentError
    from ._errors.connectors import ConnectorKitError as ConnectorKitError
    from ._errors.connectors import SqlArgumentError as SqlArgumentError
    from ._errors.connectors import SqlAttachmentError as SqlAttachmentError
    from ._errors.connectors import SqlRecordTypeError as SqlRecordTypeError
    from ._errors.connectors import SqlRowError as SqlRowError
    from ._errors.connectors import SqlSchemaError as SqlSchemaError
    from ._errors.connectors import SqlTableError as SqlTableError
    from ._errors.connectors import SqlTableLostError as SqlTableLostError
    from ._errors.installation import IncompleteInstallationError as IncompleteInstallationError
    from ._errors.installation import MissingExtraError as MissingExtraError
    from ._errors.installation import MixedInstallationError as MixedInstallationError
    from ._errors.installation import PluginApiError as PluginApiError
    from ._errors.installation import PluginConflictError as PluginConflictError
    from ._errors.installation import PluginGroupError as PluginGroupError
    from ._errors.installation import PluginLoadError as PluginLoadError
    from ._errors.installation import PluginNotFoundError as PluginNotFoundError
else:

    def __getattr__(name: str) -> object:
        """Load an error that most programs do not need, or find one that has moved elsewhere."""
        if name == "__path__":  # each `from … import` asks whether this is a package
            raise AttributeError(name)
        for part in ("connectors", "commands", "installation"):
            module = _import_module(f"cocoindex._errors.{part}")
            value = vars(module).get(name)
            if isinstance(value, type) and value.__module__ in (module.__name__, __name__):
                value.__module__ = __name__
                return value
        from cocoindex._deprecation import moved_name
        from cocoindex._moved_errors import HOMES

        return moved_name(__name__, name, HOMES, since="0.1")


# Messages, `help()` and pickles name the place where users find things, not the one where they are written.
for _value in list(globals().values()):
    if isinstance(_value, type) and _value.__module__.startswith("cocoindex._errors."):
        _value.__module__ = __name__
del _value


class SettingsError(CocoIndexError, ValueError):
    """A setting has a value that cannot be used."""


class MissingDbPathError(CocoIndexError, ValueError):
    """No path for the store was given."""

    def __init__(self) -> None:
        super().__init__(
            "no path for the store: set the environment variable COCOINDEX_DB, or Settings.db_path, "
            "or builder.settings.db_path in the function that @coco.lifespan marks"
        )


class NoComponentError(CocoIndexError, RuntimeError):
    """A function that needs a running component was called outside one."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} was called outside a component: call it in an app's main function or in a function that it "
            "mounts; in a thread of your own, attach the context first "
            "(`ctx = coco.get_component_context()`, then `with ctx.attach():` in the thread); the body of a batched "
            "function, which serves many components, and a GPU subprocess have none: pass them what they need"
        )


class BlockingInLoopError(CocoIndexError, RuntimeError):
    """A blocking call was made where an event loop runs."""

    def __init__(self, blocking: str, instead: str) -> None:
        super().__init__(f"{blocking} would block the event loop that runs in this thread; use `{instead}` here")


class ProgressArgumentError(CocoIndexError, TypeError):
    """An argument of a progress report has the wrong type."""


class ProgressIntervalError(CocoIndexError, ValueError):
    """The report interval must be positive."""


class EnvironmentArgumentError(CocoIndexError, TypeError):
    """An argument of an environment, its builder or an app has the wrong type."""


class EnvironmentLoopError(CocoIndexError, RuntimeError):
    """The event loop that an environment is bound to does not run."""


class ExceptionHandlerError(CocoIndexError, TypeError):
    """An exception handler cannot be called with an exception and its context."""


class UpdateInsideItselfError(CocoIndexError, RuntimeError):
    """A component waits for an update, drop or stop that itself waits for that component."""


class EnvironmentClosedError(CocoIndexError, RuntimeError):
    """The environment was closed."""


class LifespanError(CocoIndexError, RuntimeError):
    """The lifespan function did not behave as one."""


class ContextKeyError(CocoIndexError, KeyError):
    """No value was provided for a context key."""

    def __str__(self) -> str:
        return str(self.args[0])


class ContextTypeError(CocoIndexError, TypeError):
    """The value of a context key does not have the requested type."""


class AppExistsError(CocoIndexError, ValueError):
    """Two apps of one environment have the same name."""


class PathExistsError(CocoIndexError, ValueError):
    """Two components were mounted at one path in one run."""


class InvalidSubpathError(CocoIndexError, ValueError, TypeError):
    """A component's path cannot be derived or is empty."""


class MountError(CocoIndexError, ValueError):
    """A component cannot be mounted here or this way."""


class MountTypeError(CocoIndexError, TypeError):
    """The mounted function, or an option of the mount, has the wrong type."""


class TargetStateError(CocoIndexError, ValueError):
    """A target state was declared wrongly, or its handler or sink broke its contract."""


class PendingTargetError(TargetStateError, RuntimeError):
    """A target state was declared in a container (such as a table) that does not exist yet."""


class TargetHandlerError(CocoIndexError, TypeError):
    """A target handler, sink or target state has the wrong type, or returned a value of the wrong type."""


class SourceItemGoneError(CocoIndexError, LookupError):
    """An item of a source no longer exists when it is read.

    Raised by sources, also as a subclass. Where the removal of the item follows in a live update, it is no failure.
    """


class ContainerLostError(CocoIndexError):
    """The container (a table, a folder) of what was to be written is gone, or another one has taken its place.

    Raised by sinks, also as a subclass. A live update runs the component that declared the container again.
    """


class ContextStateError(CocoIndexError, RuntimeError):
    """The memo state function of a context value failed, so it is unknown whether the value has changed."""


class DeadlineExceededError(CocoIndexError, TimeoutError):
    """The time limit set by `coco.timeout` was exceeded."""


class StateKeyError(CocoIndexError, RuntimeError):
    """`coco.use_state` was called where no state can be kept, or twice for one key."""


class StateClosedError(CocoIndexError, RuntimeError):
    """A state was asked for or assigned after the run of its component."""


class DropError(CocoIndexError, RuntimeError):
    """Some target states could not be removed; their records are kept for the next drop."""


class TimeoutArgumentError(CocoIndexError, TypeError):
    """The argument of `coco.timeout()` is not a duration."""


class TimeoutValueError(CocoIndexError, ValueError):
    """The argument of `coco.timeout()` is negative."""


class PreviewError(CocoIndexError, ValueError):
    """A preview cannot tell what an update would do without applying something first."""


class LeakedStopIterationError(CocoIndexError, RuntimeError):
    """A sync function in a thread raised StopIteration, as a bare `next()` on an exhausted iterator does."""


class UpdateCancelledError(CocoIndexError, RuntimeError):
    """The update was cancelled before it was complete."""


class LiveRangeEndedError(CocoIndexError, RuntimeError):
    """A change of live children arrived after these had ended, or they ended before it was applied."""


class AlreadyWatchedError(CocoIndexError, RuntimeError):
    """A live feed allows one watcher at a time."""


# Last: the error that it raises is loaded by `__getattr__`, with modules that import the classes above.
_require_core()
