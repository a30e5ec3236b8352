"""Settings of an environment: the location of the store and how LMDB is opened. Layer: _runtime."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from cocoindex._shown import masked, shown

from ..errors import EnvironmentArgumentError, MissingDbPathError, SettingsError
from .dataclass_fields import DataclassFields

if TYPE_CHECKING:
    from dataclasses import Field

DEFAULT_MAX_INFLIGHT_COMPONENTS = 1024
_MOST_DBS = 1_000_000  # LMDB keeps a place for each of them in every transaction


class LmdbSettings(msgspec.Struct):
    """Settings of the LMDB store.

    Args:
        max_dbs: number of apps of one `db_path` that a process may use at once; at least 1.
        map_size: initial size of the memory map in bytes; it grows as needed.

    Raises:
        EnvironmentArgumentError: (a TypeError) one of them is not a whole number.
        SettingsError: (a ValueError) it is less than 1, or larger than LMDB allows.
    """

    max_dbs: int = 1024
    map_size: int = 4 * 1024**3
    __dataclass_fields__ = DataclassFields()

    def __post_init__(self) -> None:
        _check_lmdb(self)


class Settings:
    """Settings of one environment.

    Args:
        db_path: folder of the store; relative paths count from the current directory.
        db_settings: how LMDB is opened.
        lmdb_max_dbs, lmdb_map_size: older names for the two fields of `db_settings`; not both at once.
        global_execution_options: without meaning; `AppConfig(max_inflight_components=...)` limits what runs at once.

    Raises:
        EnvironmentArgumentError: (a TypeError) an argument has the wrong type.
        SettingsError: (a ValueError) its value cannot be used.
    """

    db_path: os.PathLike[str] | None
    db_settings: LmdbSettings
    _path_of_env: str
    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    else:
        __dataclass_fields__ = DataclassFields("db_path", "db_settings")

        def __getattr__(self, name: str) -> object:
            """Convert the environment variable to a path when it is first read, which is rare."""
            if name != "db_path" or "_path_of_env" not in self.__dict__:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            from pathlib import Path  # its import takes longer than everything else before an update that does nothing

            self.db_path = path = Path(self._path_of_env)
            return path

    __hash__ = None  # type: ignore[assignment]  # it may be changed

    def __init__(
        self,
        db_path: os.PathLike[str] | None = None,
        db_settings: LmdbSettings | None = None,
        *,
        lmdb_max_dbs: int | None = None,
        lmdb_map_size: int | None = None,
        global_execution_options: object = None,
    ) -> None:
        if db_settings is not None and (lmdb_max_dbs is not None or lmdb_map_size is not None):
            raise SettingsError("Settings got db_settings= and lmdb_max_dbs=/lmdb_map_size=; give one or the other")
        self.db_path = db_path
        self.db_settings = LmdbSettings() if db_settings is None else db_settings
        if lmdb_max_dbs is not None:
            self.lmdb_max_dbs = lmdb_max_dbs
        if lmdb_map_size is not None:
            self.lmdb_map_size = lmdb_map_size
        _check(self)
        if global_execution_options is not None:
            import warnings

            warnings.warn(
                "Settings(global_execution_options=...) has no meaning; leave it out, and limit how many components "
                "run at once by AppConfig(max_inflight_components=...)",
                DeprecationWarning,
                stacklevel=2,
            )

    def __repr__(self) -> str:
        return masked(f"Settings(db_path={self.db_path!r}, db_settings={self.db_settings!r})")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Settings):
            return NotImplemented
        return (self.db_path, self.db_settings) == (other.db_path, other.db_settings)

    @property
    def global_execution_options(self) -> None:
        return None

    @property
    def lmdb_max_dbs(self) -> int:
        return self.db_settings.max_dbs

    @lmdb_max_dbs.setter
    def lmdb_max_dbs(self, value: int) -> None:
        self.db_settings.max_dbs = value
        _check_lmdb(self.db_settings)

    @property
    def lmdb_map_size(self) -> int:
        return self.db_settings.map_size

    @lmdb_map_size.setter
    def lmdb_map_size(self, value: int) -> None:
        self.db_settings.map_size = value
        _check_lmdb(self.db_settings)

    @classmethod
    def from_env(cls, db_path: os.PathLike[str] | None = None) -> Settings:
        """Return settings from `COCOINDEX_DB`, `COCOINDEX_LMDB_MAX_DBS` and `COCOINDEX_LMDB_MAP_SIZE`.

        Args:
            db_path: replaces `COCOINDEX_DB`.
        """
        max_dbs = _int_from_env("COCOINDEX_LMDB_MAX_DBS")
        map_size = _int_from_env("COCOINDEX_LMDB_MAP_SIZE")
        defaults = LmdbSettings()
        settings = cls(
            db_path=db_path,
            db_settings=LmdbSettings(max_dbs=max_dbs or defaults.max_dbs, map_size=map_size or defaults.map_size),
        )
        if db_path is None and (path := os.environ.get("COCOINDEX_DB")):
            settings._path_of_env = path
            del settings.db_path
        return settings

    def required_db_path(self) -> str:
        """Return the path of the store as a string; raise `MissingDbPathError` if none was given."""
        _check(self)
        if not (path := _given(self)):
            raise MissingDbPathError()
        return os.fspath(path)


def max_inflight_components(configured: int | None) -> int:
    """Return how many components may run at once: the app's own setting, the environment variable, or the default."""
    value = configured
    source = "AppConfig.max_inflight_components"
    if value is None:
        value, source = _int_from_env("COCOINDEX_MAX_INFLIGHT_COMPONENTS"), "COCOINDEX_MAX_INFLIGHT_COMPONENTS"
    if value is None:
        return DEFAULT_MAX_INFLIGHT_COMPONENTS
    _check_number(source, value)
    return value


def _check(settings: Settings) -> None:
    """Raise if a field, which may have been assigned later, has the wrong type."""
    if (path := _given(settings)) is not None and not isinstance(_fspath(path), str):
        raise EnvironmentArgumentError(f"Settings.db_path is a pathlib.Path, not {shown(path)}")
    if path is not None and not _is_name(str(_fspath(path))):
        raise EnvironmentArgumentError(f"Settings.db_path has a character that no path can have here: {shown(path)}")
    if not isinstance(settings.db_settings, LmdbSettings):
        raise EnvironmentArgumentError(
            f"Settings.db_settings is coco.LmdbSettings(max_dbs=..., map_size=...), not {shown(settings.db_settings)}"
        )
    _check_lmdb(settings.db_settings)


def _check_lmdb(settings: LmdbSettings) -> None:
    _check_number("LmdbSettings.max_dbs", settings.max_dbs, _MOST_DBS)
    _check_number("LmdbSettings.map_size", settings.map_size, wanted="a positive number of bytes")


def _check_number(what: str, value: object, most: int = sys.maxsize, wanted: str = "at least 1") -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise EnvironmentArgumentError(f"{what} is a whole number, not {shown(value)}")
    if not 1 <= value <= most:
        raise SettingsError(f"{what} is {shown(value)}; it must be {wanted}, and at most {most}")


def _given(settings: Settings) -> os.PathLike[str] | str | None:
    """Return the path of the store as given."""
    return settings.db_path if "db_path" in vars(settings) else settings._path_of_env


def _is_name(path: str) -> bool:
    """Return whether it can be passed to the file system."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def _fspath(path: object) -> object:
    """Return the path as a string; None if it is not a path."""
    try:
        return os.fspath(path)  # type: ignore[call-overload]  # whether it is a path is what is asked
    except TypeError:
        return None


def _int_from_env(name: str) -> int | None:
    text = os.environ.get(name)
    if not text:
        return None
    try:
        value = int(text)
    except ValueError:
        raise SettingsError(f"environment variable {name} is {text!r}; it must be a whole number") from None
    if value < 1:
        raise SettingsError(f"environment variable {name} is {value}; it must be at least 1")
    return value
