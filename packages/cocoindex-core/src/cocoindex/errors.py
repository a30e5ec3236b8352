"""Every exception that a user meets, each derived from `CocoIndexError` and the fitting built-in."""

from __future__ import annotations

from _pickle import UnpicklingError
from typing import TYPE_CHECKING

from cocoindex._peer_guard import require_core

# The rest of `pickle` takes longer to import than all of this.
from cocoindex._shown import shown


class CocoIndexError(Exception):
    """Base of all errors of the framework."""

    def __reduce__(self) -> tuple[object, ...]:
        """Made again with its message, which is not what most of them take: errors cross processes."""
        return _remake, (type(self), super().__reduce__()[1]), self.__dict__ or None


def _remake(cls: type[CocoIndexError], args: tuple[object, ...]) -> CocoIndexError:
    error = cls.__new__(cls, *args)
    if isinstance(error, OSError):
        OSError.__init__(error, *args)
    else:
        error.args = args
    return error


class MixedInstallationError(CocoIndexError, ImportError):
    """The files of the PyPI distribution `cocoindex` replaced some of those of `cocoindex-core`.

    Args:
        folder: the package folder that both wrote into.
        ours: the distributions to install again.
    """

    def __init__(self, folder: str, ours: list[str]) -> None:
        self.folder = folder
        super().__init__(
            f"the distribution 'cocoindex' was installed over 'cocoindex-core' in {folder}, and each overwrites files "
            "of the other; to keep cocoindex-core, run: pip uninstall --yes cocoindex; "
            f"pip install --force-reinstall --no-deps {' '.join(ours)}"
        )


require_core()


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
    """A report of progress was asked for with something of the wrong kind."""


class ProgressIntervalError(CocoIndexError, ValueError):
    """A report of progress was to be shown every so often, which is not above zero."""


class EnvironmentArgumentError(CocoIndexError, TypeError):
    """An environment, its builder or an app was given something of the wrong kind."""


class EnvironmentLoopError(CocoIndexError, RuntimeError):
    """The event loop that an environment is bound to does not run."""


class ExceptionHandlerError(CocoIndexError, TypeError):
    """Something that cannot be called with an exception and its context was given as an exception handler."""


class UpdateInsideItselfError(CocoIndexError, RuntimeError):
    """A component waits for an update, a drop or a stop that has to wait for that component."""


class EnvironmentClosedError(CocoIndexError, RuntimeError):
    """The environment was closed."""


class LifespanError(CocoIndexError, RuntimeError):
    """The lifespan function did not behave as one."""


class ContextKeyError(CocoIndexError, KeyError):
    """No value was provided for a context key."""

    def __str__(self) -> str:
        return str(self.args[0])


class ContextTypeError(CocoIndexError, TypeError):
    """The value provided for a context key has another type than asked for."""


class AppExistsError(CocoIndexError, ValueError):
    """Two apps of one environment have the same name."""


class PathExistsError(CocoIndexError, ValueError):
    """Two components were mounted at one path in one run."""


class InvalidSubpathError(CocoIndexError, ValueError, TypeError):
    """A component's path cannot be derived or is empty."""


class MountError(CocoIndexError, ValueError):
    """A component cannot be mounted here or this way."""


class MountTypeError(CocoIndexError, TypeError):
    """What is to be mounted, or an option of it, is of the wrong kind."""


class TargetStateError(CocoIndexError, ValueError):
    """A target state was declared wrongly, or its handler or sink broke its contract."""


class PendingTargetError(TargetStateError, RuntimeError):
    """Something in a container was to be declared, which has not been applied yet."""


class TargetHandlerError(CocoIndexError, TypeError):
    """A target handler, sink or target state is of another kind than its contract says, or returned something else."""


class ContainerLostError(CocoIndexError):
    """The container (a table, a folder) of what was to be written is gone, or another one has taken its place.

    Raised by sinks, also as a subclass. A live update runs the component that declared the container again.
    """


class FunctionDefinitionError(CocoIndexError, ValueError):
    """`@coco.fn` was given options that do not fit the function."""


class FunctionDefinitionTypeError(CocoIndexError, TypeError):
    """`@coco.fn` was given an option of the wrong type."""


class FunctionArgumentError(CocoIndexError, TypeError, ValueError):
    """A function is called or mounted with what it does not take, or one given to `@coco.fn` returned what is unfit."""


class PropagatedCallbackError(CocoIndexError, RuntimeError):
    """A callback that propagates its logic was called where the call that wrapped it does not run any more."""


class FunctionCancelledError(CocoIndexError, RuntimeError):
    """A batch or a memo state function was cancelled from inside: its callers fail, and are not cancelled."""


class MemoRecursionError(CocoIndexError, RecursionError):
    """A memoized function was called with the same arguments inside itself."""


class MemoStateError(CocoIndexError, TypeError):
    """A memo state function returned something else than `MemoStateOutcome`."""


class MemoStateAwaitError(CocoIndexError, RuntimeError):
    """A memo state function is asynchronous where nothing can be awaited."""


class ContextStateError(CocoIndexError, RuntimeError):
    """The memo state function of a context value failed, so that nobody knows whether the value has changed."""


class RecollectError(CocoIndexError, ValueError):
    """A memo state of a component asks for what only those of memoized calls can."""


class DeadlineExceededError(CocoIndexError, TimeoutError):
    """The time that `coco.timeout` gave is over."""


class RunnerError(CocoIndexError, TypeError):
    """A function was given a runner that is none, or a class of runners lacks what a runner has to do."""


class GPUPoolError(CocoIndexError, ValueError):
    """A GPU pool was given a number of GPUs, a fraction or an id that it cannot have."""


class GPUPoolTypeError(CocoIndexError, TypeError):
    """A GPU pool was given something that is no number."""


class RemoteCallError(CocoIndexError, RuntimeError):
    """A call that a runner sent to another process has no result: that ended, or cannot run the function.

    Attributes:
        exitcode: the exit code of the process that ended, the negative number of the signal that killed it, or None
            where that is not known.
    """

    def __init__(self, message: str, exitcode: int | None = None) -> None:
        self.exitcode = exitcode
        super().__init__(message)


class WorkerDiedError(RemoteCallError):
    """The process that ran a call ended before it had a result."""


class GPUProcessError(WorkerDiedError):
    """The subprocess that ran a function for a GPU runner ended before it had a result."""


class CallPickleError(CocoIndexError, TypeError):
    """A function, its arguments or its result cannot be pickled, and so not go to another process or come back."""


class StateKeyError(CocoIndexError, RuntimeError):
    """`coco.use_state` was called where no state can be kept, or twice for one key."""


class StateClosedError(CocoIndexError, RuntimeError):
    """A state was assigned after the run of its component."""


class RecordError(CocoIndexError, RuntimeError):
    """A record of the store cannot be read."""


class DropError(CocoIndexError, RuntimeError):
    """Some target states could not be removed; their records are kept for the next drop."""


class TimeoutArgumentError(CocoIndexError, TypeError):
    """`coco.timeout()` was given something else than a duration."""


class TimeoutValueError(CocoIndexError, ValueError):
    """`coco.timeout()` was given a duration that is negative."""


class PreviewError(CocoIndexError, ValueError):
    """It cannot be known what an update would do without doing it."""


class LeakedStopIterationError(CocoIndexError, RuntimeError):
    """A sync function that ran in a thread raised StopIteration, as a bare `next()` does that finds nothing left."""


class UpdateCancelledError(CocoIndexError, RuntimeError):
    """The update was cancelled before it was complete."""


class LiveRangeEndedError(CocoIndexError, RuntimeError):
    """A change of live children came after these had ended, or was dropped as they ended before it was applied."""


class InvalidStableKeyError(CocoIndexError, TypeError):
    """A value cannot be a key, or a part of a path."""


class MalformedKeyError(CocoIndexError, ValueError):
    """Bytes in the store are no encoded key."""


class StablePathSyntaxError(CocoIndexError, ValueError):
    """A text is not the text of a stable path."""


class FunctionResultError(CocoIndexError, ValueError):
    """A function returned something else than its options promise."""


class RetryWithSmallerBatch(CocoIndexError, RuntimeError):
    """Raised by a batched function: try again in halves, down to single items, `raise ... from` the true cause."""


class PluginGroupError(CocoIndexError, ValueError):
    """No plugins are looked for in that entry-point group."""

    def __init__(self, group: str, groups: tuple[str, ...]) -> None:
        super().__init__(f"there is no plugin group {group!r}; the groups are {', '.join(groups)}")


class PluginNotFoundError(CocoIndexError, LookupError):
    """No installed distribution offers a plugin of that name."""

    def __init__(self, group: str, name: str, names: list[str]) -> None:
        known = ", ".join(dict.fromkeys(names)) or "none"
        super().__init__(
            f"no installed distribution offers {name!r} in {group!r} (found: {known}); install the one that does"
        )


class PluginConflictError(CocoIndexError, RuntimeError):
    """Several installed distributions claim one plugin name."""

    def __init__(self, group: str, name: str, distributions: list[str]) -> None:
        super().__init__(
            f"{name!r} in {group!r} is claimed by {' and '.join(distributions)}; uninstall all but one of them"
        )


class PluginLoadError(CocoIndexError, ImportError):
    """A plugin cannot be imported; the others are not affected.

    Attributes:
        distribution, version, group, entry_point, value: which plugin it is.
    """

    def __init__(
        self, distribution: str, version: str, group: str, entry_point: str, value: str, cause: BaseException
    ) -> None:
        self.distribution = distribution
        self.version = version
        self.group = group
        self.entry_point = entry_point
        self.value = value
        from cocoindex._described import described

        module = value.partition(":")[0]
        if isinstance(cause, IncompleteInstallationError):
            cure = ""  # it says itself what to do
        elif isinstance(cause, ModuleNotFoundError) and f"{cause.name}.".startswith(f"{module}."):
            cure = f"; files of it are missing, run: pip install --force-reinstall --no-deps {distribution}"
        else:
            cure = f"; mend or uninstall {distribution}"
        super().__init__(
            f"{entry_point!r} in {group!r} cannot be loaded: importing {shown(value)} from {distribution} "
            f"{version} raised {' '.join(described(cause).split())}{cure}"
        )


class PluginApiError(CocoIndexError, ImportError):
    """A plugin is written for a version of the interface for authors that this core does not have.

    Args:
        plugin: its name, or that of its module.
        required: what its `requires_api` is.
        distribution, version: what brings it; None where that is not known.
    """

    def __init__(
        self, plugin: str, required: object, distribution: str | None = None, version: str | None = None
    ) -> None:
        from cocoindex._api_version import API_VERSION, OLDEST_API_VERSION
        from cocoindex._install_source import core_version, upgrade_words

        self.plugin, self.required = plugin, required
        self.distribution, self.version = distribution, version
        whose = f"{plugin!r}" if distribution is None else f"{plugin!r} ({distribution} {version})"
        oldest = f"versions {OLDEST_API_VERSION} to" if OLDEST_API_VERSION < API_VERSION else "version"
        here = f"cocoindex-core {core_version()} has {oldest} {API_VERSION}"
        if type(required) is not int:
            what, cure = "asks for", "requires_api is a whole number: mend or uninstall the plugin"
        elif required > API_VERSION:
            what, cure = "needs", upgrade_words("cocoindex-core")
        else:
            what = "is written for"
            cure = upgrade_words(distribution) if distribution else "update or uninstall it"
        super().__init__(f"{whose} {what} version {shown(required)} of the interface for plugins, and {here}; {cure}")


class ConnectorKitError(CocoIndexError, TypeError):
    """A function of `cocoindex.connectorkits` or `cocoindex.testing` was given something of another kind."""


class SqlArgumentError(CocoIndexError, TypeError):
    """Something of the wrong kind was given to a connector of an SQL database."""


class SqlSchemaError(CocoIndexError, ValueError):
    """No such table can be made: its name, its columns or its primary key do not allow it."""


class SqlRecordTypeError(SqlSchemaError, TypeError):
    """The type of a table's rows is not a supported record type."""


class SqlTableError(CocoIndexError, RuntimeError):
    """A table is not there, is not as it should be, or cannot be read or written."""


class SqlTableLostError(SqlTableError, ContainerLostError):
    """A table is gone, or lacks what it had when it was looked at."""


class SqlAttachmentError(CocoIndexError, RuntimeError):
    """Something that belongs to a table, such as an index, cannot be set up or removed."""


class SqlRowError(CocoIndexError, ValueError):
    """A row cannot be stored in its table, or read as its row type."""


class AlreadyWatchedError(CocoIndexError, RuntimeError):
    """A live feed was to be watched by two at a time."""


class MissingExtraError(CocoIndexError, ImportError):
    """Something was used that needs packages which come with an extra that is not installed.

    Args:
        what: what was to be done.
        distribution, extra: what to install.
        cause: why the import failed.
    """

    def __init__(self, what: str, distribution: str, extra: str, cause: BaseException) -> None:
        from cocoindex._install_source import install_words

        super().__init__(f"{what} needs more packages ({cause}); run: {install_words(distribution, extra)}")


class IncompleteInstallationError(CocoIndexError, ImportError):
    """Files of an installed distribution are missing, as after an installation that was interrupted.

    Args:
        module: the module that is not there.
        distribution: what has to bring it.
    """

    def __init__(self, module: str, distribution: str) -> None:
        super().__init__(
            f"no module {module!r}: files of {distribution} are missing; "
            f"run: pip install --force-reinstall --no-deps {distribution}"
        )


class StoreError(CocoIndexError):
    """The database on disk cannot be used; the message names its folder."""


class StoreOpenError(StoreError, OSError):
    """The database cannot be opened or created where it was asked for."""


class StoreVersionError(StoreError, RuntimeError):
    """The database was written in a format that this version does not read."""


class StoreCorruptedError(StoreError, RuntimeError):
    """The database is damaged, or is not one of ours."""


class StoreFullError(StoreError, OSError):
    """The disk has no room for what is to be written; nothing of that transaction was."""


class StoreReadonlyError(StoreError, RuntimeError):
    """Something was to be written through a database that was opened for reading."""


class StoreClosedError(StoreError, RuntimeError):
    """The database was used after it was closed."""


class StoreKeyError(StoreError, ValueError):
    """Internal: a key in the database is empty, or longer than it can hold."""


class TooManyAppsError(StoreError, RuntimeError):
    """One process uses more apps of one database at once than it was opened for."""


class AppNotFoundError(StoreError, LookupError):
    """The database has no app of this name."""


class AppNameError(CocoIndexError, ValueError):
    """A name cannot be that of an app."""


class AppLockedError(StoreError, RuntimeError):
    """Another process, or another update in this one, is writing this app.

    Attributes:
        app: the name of the app.
        pid, host, since: who holds it, and since when (ISO 8601, UTC); None where that is not known.
        path: the lock file.
        live: whether it is a live update, which goes on until somebody stops it.
    """

    def __init__(
        self, app: str, pid: int | None, host: str | None, since: str | None, path: str, live: bool = False
    ) -> None:
        self.app, self.pid, self.host, self.since, self.path, self.live = app, pid, host, since, path, live
        holder = "another process" if pid is None else f"process {pid} on {host} since {since}"
        super().__init__(
            f"the app {app!r} is updated live by {holder} (lock file {path}), which goes on until it is stopped; "
            "stop that process first, by Ctrl-C or SIGTERM"
            if live
            else f"the app {app!r} is being updated or dropped by {holder} (lock file {path}); "
            "wait until it has finished, or stop it"
        )

    def __reduce__(self) -> tuple[type[AppLockedError], tuple[str, int | None, str | None, str | None, str, bool]]:
        return AppLockedError, (self.app, self.pid, self.host, self.since, self.path, self.live)


class AppLoadError(CocoIndexError, ImportError):
    """The module that the command line was to load apps from cannot be imported."""


class InspectArgumentError(CocoIndexError, TypeError):
    """A function of `cocoindex.inspect` was given something else than an app, an environment or a path."""


class AppChoiceError(CocoIndexError, LookupError):
    """What the command line was told names no app, or several."""


class MemoKeyError(CocoIndexError, TypeError):
    """A value cannot be part of a memo key.

    Attributes:
        value_type: the type of the value.
        parameter, function: which argument of which function it is; None where it is no argument.
        path: where in the argument the value lies, like `[0].field`; empty for the argument itself.
        cause: why it cannot be encoded.
    """

    def __init__(self, value_type: type, cause: str) -> None:
        self.value_type = value_type
        self.parameter: str | None = None
        self.function: str | None = None
        self.path = ""
        self.cause = cause
        super().__init__(value_type, cause)

    def within(self, step: str) -> None:
        """Note that the value lies inside another one, at `step` of it."""
        self.path = step + self.path

    def of_argument(self, parameter: str, function: str, path: str) -> None:
        """Note which argument of which function the value is, or lies in at `path`."""
        self.parameter = parameter
        self.function = function
        self.path = path

    def __str__(self) -> str:
        name = f"{self.value_type.__module__}.{self.value_type.__qualname__}"
        argument = f"argument {self.parameter!r} of {self.function}" if self.parameter is not None else ""
        where = ", ".join(filter(None, (argument, f"at {self.path}" if self.path else "")))
        where = f" ({where})" if where else ""
        return (
            f"a value of type {name}{where} cannot be part of a memo key: {self.cause}; give the class a "
            "__coco_memo_key__() method, or call coco.register_memo_key_function(type, key_fn), or leave the argument "
            "out or transform it with @coco.fn(memo_key={'parameter': None or a function})"
        )


class MemoKeyRegistrationError(CocoIndexError, TypeError):
    """A memo key function or a memo type id was registered wrongly."""


class SerializationError(CocoIndexError, TypeError):
    """A value cannot be stored.

    Attributes:
        path: where in the value the culprit lies, like `[0].field`; empty for the value itself.
    """

    def __init__(self, what: str, path: str, cause: str) -> None:
        self.path = path
        where = f" (at {path} of the value)" if path else ""
        super().__init__(f"{what}{where} cannot be stored: {cause}")

    def of(self, whose: str) -> SerializationError:
        """The same error, which also says what the value is and where it comes from."""
        error = SerializationError(whose, "", str(self))
        error.path = self.path
        return error


class DeserializationError(CocoIndexError, ValueError):
    """A stored value cannot be read as the annotated type."""


class StoredShapeError(DeserializationError):
    """The class of a stored value has another shape than when it was stored: fields, their order or types, members.

    Attributes:
        names: the classes that the stored value was made of.
    """

    def __init__(self, names: str) -> None:
        self.names = names
        super().__init__(
            f"what is stored was written with another shape of {names}: fields, their order or types, or the members "
            "of an Enum have changed since"
        )


class ForbiddenGlobalError(DeserializationError, UnpicklingError):
    """A pickle names something that is not on the list of what may be unpickled."""

    def __init__(self, module: str, name: str) -> None:
        super().__init__(
            f"Forbidden global during unpickling: {module}.{name}; where it is a class of yours, make it a dataclass "
            "or a NamedTuple, or register it with @coco.serialize_by_pickle (@coco.unpickle_safe to read old values)"
        )


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Find an error that has moved to the package of its connector, resource or operation."""
        from cocoindex._deprecation import moved_name
        from cocoindex._moved_errors import HOMES

        return moved_name(__name__, name, HOMES, since="0.1")
