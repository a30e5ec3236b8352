"""Settings of an environment: where the store lies and how LMDB is opened. Layer: _runtime."""

from __future__ import annotations

import os

import msgspec

from ..errors import MissingDbPathError, SettingsError

DEFAULT_MAX_INFLIGHT_COMPONENTS = 1024


class LmdbSettings(msgspec.Struct):
    """How the LMDB store is opened.

    Args:
        max_dbs: how many apps may share one `db_path`; at least 1.
        map_size: initial size of the memory map in bytes; the store grows past it by itself.
    """

    max_dbs: int = 1024
    map_size: int = 4 * 1024**3

    def __post_init__(self) -> None:
        if self.max_dbs < 1:
            raise SettingsError(f"LmdbSettings.max_dbs is {self.max_dbs}; it must be at least 1")
        if self.map_size < 1:
            raise SettingsError(f"LmdbSettings.map_size is {self.map_size}; it must be a positive number of bytes")


class Settings:
    """Settings of one environment.

    Args:
        db_path: folder of the store; relative paths count from the current directory.
        db_settings: how LMDB is opened.
        lmdb_max_dbs, lmdb_map_size: older names for the two fields of `db_settings`; not both at once.
    """

    __hash__ = None  # type: ignore[assignment]  # it may be changed

    def __init__(
        self,
        db_path: os.PathLike[str] | None = None,
        db_settings: LmdbSettings | None = None,
        *,
        lmdb_max_dbs: int | None = None,
        lmdb_map_size: int | None = None,
    ) -> None:
        if db_settings is not None and (lmdb_max_dbs is not None or lmdb_map_size is not None):
            raise SettingsError("Settings got db_settings= and lmdb_max_dbs=/lmdb_map_size=; give one or the other")
        self.db_path = db_path
        self.db_settings = db_settings or LmdbSettings()
        if lmdb_max_dbs is not None:
            self.lmdb_max_dbs = lmdb_max_dbs
        if lmdb_map_size is not None:
            self.lmdb_map_size = lmdb_map_size

    def __repr__(self) -> str:
        return f"Settings(db_path={self.db_path!r}, db_settings={self.db_settings!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Settings):
            return NotImplemented
        return (self.db_path, self.db_settings) == (other.db_path, other.db_settings)

    @property
    def lmdb_max_dbs(self) -> int:
        return self.db_settings.max_dbs

    @lmdb_max_dbs.setter
    def lmdb_max_dbs(self, value: int) -> None:
        self.db_settings.max_dbs = value

    @property
    def lmdb_map_size(self) -> int:
        return self.db_settings.map_size

    @lmdb_map_size.setter
    def lmdb_map_size(self, value: int) -> None:
        self.db_settings.map_size = value

    @classmethod
    def from_env(cls, db_path: os.PathLike[str] | None = None) -> Settings:
        """Settings from `COCOINDEX_DB`, `COCOINDEX_LMDB_MAX_DBS` and `COCOINDEX_LMDB_MAP_SIZE`.

        Args:
            db_path: takes the place of `COCOINDEX_DB`.
        """
        if db_path is None and (path := os.environ.get("COCOINDEX_DB")):
            from pathlib import Path

            db_path = Path(path)
        max_dbs = _int_from_env("COCOINDEX_LMDB_MAX_DBS")
        map_size = _int_from_env("COCOINDEX_LMDB_MAP_SIZE")
        defaults = LmdbSettings()
        return cls(
            db_path=db_path,
            db_settings=LmdbSettings(max_dbs=max_dbs or defaults.max_dbs, map_size=map_size or defaults.map_size),
        )

    def required_db_path(self) -> str:
        """The path of the store as a string; `MissingDbPathError` where none was given."""
        if self.db_path is None:
            raise MissingDbPathError()
        return os.fspath(self.db_path)


def max_inflight_components(configured: int | None) -> int:
    """How many components may run at once: the app's own setting, the environment variable, the default."""
    value = configured
    source = "AppConfig.max_inflight_components"
    if value is None:
        value, source = _int_from_env("COCOINDEX_MAX_INFLIGHT_COMPONENTS"), "COCOINDEX_MAX_INFLIGHT_COMPONENTS"
    if value is None:
        return DEFAULT_MAX_INFLIGHT_COMPONENTS
    if value < 1:
        raise SettingsError(f"{source} is {value}; it must be at least 1")
    return value


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
