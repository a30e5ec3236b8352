"""What is wrong with what is installed: core, extras and plugins. Below every layer, behind `cocoindex.errors`."""

from __future__ import annotations

from collections.abc import Sequence

from cocoindex._shown import shown

from .base import CocoIndexError

_LONGEST = 500  # of what a plugin raises: a message is one line


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


class PluginGroupError(CocoIndexError, ValueError):
    """There is no such plugin group."""

    def __init__(self, group: str, groups: tuple[str, ...]) -> None:
        super().__init__(f"there is no plugin group {group!r}; the groups are {', '.join(groups)}")


class PluginNotFoundError(CocoIndexError, LookupError):
    """No installed distribution offers a plugin of that name."""

    def __init__(self, group: str, name: str, names: list[str], damaged: Sequence[str] = ()) -> None:
        known = ", ".join(dict.fromkeys(names)) or "none"
        unread = f", unless it is one whose entry points cannot be read: {', '.join(damaged)}" if damaged else ""
        found = f"no installed distribution offers {name!r} in {group!r} (found: {known})"
        super().__init__(f"{found}; install the one that does{unread}")


class PluginConflictError(CocoIndexError, RuntimeError):
    """Several installed distributions claim one plugin name."""

    def __init__(self, group: str, name: str, distributions: list[str]) -> None:
        if len(set(distributions)) == 1:
            claim = f"is there twice in the entry points of {distributions[0]}; mend or uninstall that distribution"
        else:
            claim = f"is claimed by {' and '.join(distributions)}; uninstall all but one of them"
        super().__init__(f"{name!r} in {group!r} {claim}")


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
        raised = " ".join(described(cause).split())
        if len(raised) > _LONGEST:
            raised = f"{raised[:_LONGEST]}…"
        if isinstance(cause, IncompleteInstallationError):
            cure = ""  # it says itself what to do
        elif isinstance(cause, ModuleNotFoundError) and f"{cause.name}.".startswith(f"{module}."):
            cure = f"; files of it are missing, run: pip install --force-reinstall --no-deps {distribution}"
        else:
            cure = f"; mend or uninstall {distribution}"
        super().__init__(
            f"{entry_point!r} in {group!r} cannot be loaded: importing {shown(value)} from {distribution} "
            f"{version} raised {raised}{cure}"
        )


class PluginApiError(CocoIndexError, ImportError):
    """A plugin is written for a version of the plugin interface that this core does not have.

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


class MissingExtraError(CocoIndexError, ImportError):
    """A feature needs packages of an extra that is not installed.

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
