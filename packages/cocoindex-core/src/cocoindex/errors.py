"""Every exception that a user meets, each derived from `CocoIndexError` and the fitting built-in."""

from __future__ import annotations

from _pickle import UnpicklingError

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


class InvalidVectorSchemaError(CocoIndexError, ValueError, TypeError):
    """A vector column was described by an element type or a size that no vector can have."""


class InvalidRateLimitError(CocoIndexError, ValueError, OverflowError):
    """A rate limiter was given a rate, a burst or a number of tokens out of range."""


class RateLimitTypeError(CocoIndexError, TypeError):
    """A rate limiter was given something that is no number."""


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


class GPUProcessError(CocoIndexError, RuntimeError):
    """The subprocess that ran a function for a GPU runner ended before it had a result.

    Attributes:
        exitcode: its exit code, the negative number of the signal that killed it, or None where it is not known.
    """

    def __init__(self, message: str, exitcode: int | None = None) -> None:
        self.exitcode = exitcode
        super().__init__(message)


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
        super().__init__(
            f"{entry_point!r} in {group!r} cannot be loaded: importing {shown(value)} from {distribution} "
            f"{version} raised "
            f"{type(cause).__name__}: {cause}; mend or uninstall {distribution}"
        )


class InvalidPatternError(CocoIndexError, ValueError, TypeError):
    """A glob pattern cannot be read, or patterns are no list of texts."""


class InvalidFilePathError(CocoIndexError, TypeError):
    """A file path was made of something that is no path, or its base directory is no `ContextKey`."""


class FileArgumentError(CocoIndexError, TypeError):
    """An option of what reads, walks or declares files is of the wrong kind."""


class SourceDirectoryError(CocoIndexError, NotADirectoryError, ValueError):
    """The directory to walk does not exist, or is no directory."""


class UnreadableDirectoryError(CocoIndexError, PermissionError):
    """Parts of a walked directory could not be listed, so that nobody can say which files are gone."""


class SourceFileMissingError(CocoIndexError, FileNotFoundError):
    """A file is gone, although the walk found it."""


class SourceFileUnreadableError(CocoIndexError, PermissionError):
    """A file that the walk found must not be read by this process."""


class SourceFileKindError(CocoIndexError, OSError):
    """In the place of a file that was to be read is something else: a directory, a pipe, a socket or a device."""


class InvalidFileTargetError(CocoIndexError, ValueError):
    """A file or directory target has a name that cannot be used, or leads out of its base directory."""


class InvalidFileContentError(CocoIndexError, TypeError):
    """The content declared for a file is neither bytes nor text that UTF-8 can hold."""


class TargetInSourceError(CocoIndexError, ValueError):
    """A directory target lies in, or around, a directory that the same app walks."""


class FileTargetError(CocoIndexError, OSError):
    """A file or directory target could not be written or removed."""


class DirTargetLostError(FileTargetError, ContainerLostError):
    """A directory target was removed, or something else took its place, since it was made or found."""


class ConnectorKitError(CocoIndexError, TypeError):
    """A function of `cocoindex.connectorkits` or `cocoindex.testing` was given something of another kind."""


class AlreadyWatchedError(CocoIndexError, RuntimeError):
    """A live feed was to be watched by two at a time."""


class SqliteConnectionError(CocoIndexError, ConnectionError):
    """A SQLite database cannot be opened or used, or its connection was closed."""


class SqliteBusyError(CocoIndexError, TimeoutError):
    """Another connection held the lock of a SQLite database for longer than the timeout."""


class SqliteLockError(CocoIndexError, RuntimeError):
    """A transaction was begun where it would wait for the one that surrounds it."""


class SqliteExtensionError(CocoIndexError, RuntimeError):
    """A SQLite extension is needed and cannot be loaded, or is not loaded."""


class SqliteArgumentError(CocoIndexError, TypeError):
    """Something of the wrong kind was given to the SQLite connector."""


class SqliteSchemaError(CocoIndexError, ValueError):
    """A SQLite table was described in a way in which none can be made."""


class SqliteRecordTypeError(SqliteSchemaError, TypeError):
    """What the rows of a SQLite table were to become is no record type."""


class SqliteTableError(CocoIndexError, RuntimeError):
    """A SQLite table is not there, is not as it should be, or cannot be read or written."""


class SqliteTableLostError(SqliteTableError, ContainerLostError):
    """A table is gone, or lacks what it had when it was looked at."""


class SqliteRowError(CocoIndexError, ValueError):
    """A row cannot be stored in its SQLite table, or read as the type that was asked for."""


class PostgresConnectionError(CocoIndexError, ConnectionError):
    """A PostgreSQL server cannot be reached or refuses the connection, or a connection was lost again and again."""


class PostgresPoolError(CocoIndexError, TimeoutError):
    """No connection of a PostgreSQL pool became free in time."""


class PostgresBusyError(CocoIndexError, TimeoutError):
    """A PostgreSQL session waited for longer than its timeouts allow, usually for a lock that another one holds."""


class PostgresExtensionError(CocoIndexError, RuntimeError):
    """pgvector is needed, and cannot be set up in the PostgreSQL database."""


class PostgresArgumentError(CocoIndexError, TypeError):
    """Something of the wrong kind was given to the PostgreSQL connector."""


class PostgresSchemaError(CocoIndexError, ValueError):
    """A PostgreSQL table, or an index of one, was described in a way in which none can be made."""


class PostgresRecordTypeError(PostgresSchemaError, TypeError):
    """The columns of a PostgreSQL table were to be read from something that is no record type."""


class PostgresTableError(CocoIndexError, RuntimeError):
    """A PostgreSQL table is not there, is not as it should be, or cannot be read or written."""


class PostgresTableLostError(PostgresTableError, ContainerLostError):
    """A table is gone, or lacks what it had when it was looked at."""


class PostgresAttachmentError(CocoIndexError, RuntimeError):
    """An index or a SQL command that belongs to a PostgreSQL table cannot be set up or removed."""


class PostgresRowError(CocoIndexError, ValueError):
    """A row cannot be stored in its PostgreSQL table, or read as the type that was asked for."""


class S3Error(CocoIndexError, OSError):
    """A request to S3, or to what speaks its protocol, failed; it names the object or the bucket."""


class S3NotFoundError(S3Error, FileNotFoundError):
    """There is no such bucket, object, or version of one."""


class S3AccessDeniedError(S3Error, PermissionError):
    """The credentials of the client do not allow a request."""


class S3ObjectChangedError(S3Error):
    """An object was written again between looking at it and reading it, or while it was read."""


class S3ArgumentError(CocoIndexError, ValueError):
    """A bucket, an object, a prefix or a limit was named in a way in which there is none."""


class S3ClientError(CocoIndexError, TypeError):
    """A client was given that is none of boto3's for S3."""


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


class SplitSizeError(CocoIndexError, ValueError, OverflowError):
    """A size given to a text splitter is out of range."""


class SplitterArgumentError(CocoIndexError, TypeError, ValueError):
    """An argument of a text splitter, or of what configures one, has the wrong type, or is given twice."""


class UnsplittableTextError(CocoIndexError, TypeError, ValueError):
    """What was to be split is no text, or a text that UTF-8 cannot hold."""


class CodeArgumentError(CocoIndexError, TypeError):
    """An argument of what looks at code has the wrong type."""


class CodeLanguageError(CocoIndexError, ValueError):
    """Code is to be looked at in a language for which there is no grammar, or that is not said, or said twice."""


class CodePatternError(CocoIndexError, ValueError):
    """A pattern of code is not written as one can be."""


class CodeSourceError(CocoIndexError, ValueError):
    """Source code cannot be parsed, or a match is not of the source that is given with it."""


class KeepSeparatorError(CocoIndexError, ValueError):
    """`keep_separator` of a text splitter has an unknown value."""


class SeparatorPatternError(CocoIndexError, ValueError):
    """A separator of a text splitter is no regular expression.

    Args:
        pattern: the separator.
        where: where it was given.
        why: what is wrong with it.
    """

    def __init__(self, pattern: str, where: str, why: str) -> None:
        super().__init__(f"{pattern!r} in {where} is no regular expression: {why}")


class DuplicateLanguageError(CocoIndexError, ValueError):
    """Two custom languages of one text splitter share a name or alias."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} is the name or alias of a custom language twice (case does not matter); rename one of them"
        )


class EmbedderError(CocoIndexError, RuntimeError):
    """A model cannot be loaded, or does not say or return what an embedder needs."""


class EmbedderArgumentError(CocoIndexError, TypeError, ValueError):
    """An argument of an embedder has the wrong type, or a text that UTF-8 cannot hold."""


class ModelRequestError(CocoIndexError, RuntimeError):
    """A provider refused a request to a model, or could not answer it.

    Attributes:
        model: as it was named.
        status_code: of HTTP, or what stands for it; None where there is none.
    """

    def __init__(self, model: str, status_code: int | None, why: str) -> None:
        self.model, self.status_code = model, status_code
        super().__init__(f"the model {model!r} cannot be used: {why}")

    def __reduce__(self) -> tuple[type[ModelRequestError], tuple[str, int | None, str]]:
        why = str(self).partition(" cannot be used: ")[2]
        return ModelRequestError, (self.model, self.status_code, why)


class EntityArgumentError(CocoIndexError, TypeError, ValueError):
    """An argument of what resolves entities cannot be what it should."""


class PairDecisionError(CocoIndexError, ValueError):
    """A resolver of pairs of names returned something else than it has to."""


class UnknownEntityError(CocoIndexError, KeyError):
    """A name was asked for that was not among those that were resolved."""

    def __str__(self) -> str:
        return str(self.args[0])


class UnknownPromptError(CocoIndexError, ValueError):
    """An embedder's model has no prompt of that name."""


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
