"""A setting of the wrong kind is an error where it is given, or at the latest where an environment is made of it."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import EnvironmentArgumentError, MissingDbPathError, SettingsError

NO_NUMBERS = ["8", 1.5, math.nan, True, [8], None]


@pytest.mark.parametrize("wrong", [5, 1.5, True, b"db", ["db"], {"db": "db"}, Path, open])
def test_a_path(wrong: Any) -> None:
    with pytest.raises(EnvironmentArgumentError, match=r"Settings\.db_path is a pathlib\.Path, not") as caught:
        coco.Settings(db_path=wrong)
    assert isinstance(caught.value, TypeError)
    with pytest.raises(EnvironmentArgumentError, match=r"Settings\.db_path"):
        coco.Settings.from_env(wrong)


@pytest.mark.parametrize("wrong", ["a\0b", "\ud800"])
def test_a_character_that_no_path_has(wrong: str) -> None:
    with pytest.raises(EnvironmentArgumentError, match=r"Settings\.db_path has a character that no path can have"):
        coco.Settings(db_path=Path(wrong))


def test_a_path_that_is_assigned() -> None:
    settings = coco.Settings()
    settings.db_path = 5  # type: ignore[assignment]  # what is tested
    with pytest.raises(EnvironmentArgumentError, match=r"Settings\.db_path is a pathlib\.Path, not 5"):
        coco.Environment(settings)


def test_an_empty_path_is_none() -> None:
    with pytest.raises(MissingDbPathError, match="COCOINDEX_DB"):
        coco.Environment(coco.Settings(db_path=""))  # type: ignore[arg-type]  # what is tested


def test_all_that_stands_for_a_path_will_do(tmp_path: Path) -> None:
    class Folder(os.PathLike[str]):
        def __fspath__(self) -> str:
            return str(tmp_path / "db")

    for path in (Folder(), str(tmp_path / "db"), tmp_path / "db"):
        assert coco.Environment(coco.Settings(db_path=path)).settings.db_path is path  # type: ignore[arg-type]  # a str


@pytest.mark.parametrize("wrong", [5, "fast", {}, coco.LmdbSettings, {"max_dbs": 4}])
def test_the_tuning(wrong: Any) -> None:
    with pytest.raises(EnvironmentArgumentError, match=r"Settings\.db_settings is coco\.LmdbSettings\(max_dbs="):
        coco.Settings(db_path=Path("x"), db_settings=wrong)


@pytest.mark.parametrize("name", ["max_dbs", "map_size"])
@pytest.mark.parametrize("wrong", NO_NUMBERS)
def test_numbers(name: str, wrong: Any) -> None:
    with pytest.raises(EnvironmentArgumentError, match=rf"LmdbSettings\.{name} is a whole number, not"):
        coco.LmdbSettings(**{name: wrong})
    settings = coco.Settings(db_path=Path("x"))
    with pytest.raises(EnvironmentArgumentError, match=rf"LmdbSettings\.{name}"):
        setattr(settings, f"lmdb_{name}", wrong)
    setattr(settings.db_settings, name, wrong)
    with pytest.raises(EnvironmentArgumentError, match=rf"LmdbSettings\.{name}"):
        coco.Environment(settings)
    if wrong is not None:
        former: dict[str, Any] = {f"lmdb_{name}": wrong}
        with pytest.raises(EnvironmentArgumentError, match=rf"LmdbSettings\.{name}"):
            coco.Settings(db_path=Path("x"), **former)


@pytest.mark.parametrize("name", ["max_dbs", "map_size"])
@pytest.mark.parametrize("wrong", [0, -1])
def test_numbers_out_of_range(name: str, wrong: int) -> None:
    with pytest.raises(SettingsError, match=rf"LmdbSettings\.{name} is {wrong}; it must be") as caught:
        coco.LmdbSettings(**{name: wrong})
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("field", ["max_dbs", "map_size"])
@pytest.mark.parametrize("huge", [10**400, -(10**400), 2**64])
def test_a_number_that_lmdb_cannot_take(field: str, huge: int) -> None:
    with pytest.raises(SettingsError, match=rf"LmdbSettings\.{field} is .*at most"):
        coco.LmdbSettings(**{field: huge})
    with pytest.raises(SettingsError, match=rf"LmdbSettings\.{field} is .*at most"):
        coco.Settings(**{f"lmdb_{field}": huge})  # type: ignore[arg-type]  # one of the two is given
