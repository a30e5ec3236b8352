"""Where the store is and how it is tuned: arguments, the lifespan, environment variables, defaults, in this order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import cocoindex as coco
from cocoindex.errors import SettingsError
from cocoindex.testing import RecordingTarget


@coco.fn
async def main() -> None: ...


def app(name: str, environment: coco.Environment) -> coco.App[[], None]:
    return coco.App(coco.AppConfig(name, environment=environment), main)


def test_the_defaults() -> None:
    tuning = coco.Settings(db_path=Path("x")).db_settings
    assert (tuning.max_dbs, tuning.map_size) == (1024, 4 * 1024**3)


def test_from_env_takes_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCOINDEX_DB", "here.db")
    monkeypatch.setenv("COCOINDEX_LMDB_MAX_DBS", "7")
    monkeypatch.setenv("COCOINDEX_LMDB_MAP_SIZE", "8192")
    settings = coco.Settings.from_env()
    assert (settings.db_path, settings.db_settings.max_dbs, settings.db_settings.map_size) == (Path("here.db"), 7, 8192)


def test_arguments_come_before_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCOINDEX_DB", "here.db")
    assert coco.Settings.from_env(db_path=Path("there.db")).db_path == Path("there.db")


def test_the_lifespan_comes_before_the_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COCOINDEX_DB", str(tmp_path / "variable.db"))

    @coco.lifespan
    def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
        builder.settings.db_path = tmp_path / "lifespan.db"
        builder.settings.db_settings.max_dbs = 3
        yield

    try:
        coco.App("where", main).update_blocking()
    finally:
        coco.stop_blocking()
    assert [path.name for path in tmp_path.iterdir()] == ["lifespan.db"]


@pytest.mark.parametrize("name", ["COCOINDEX_LMDB_MAX_DBS", "COCOINDEX_LMDB_MAP_SIZE"])
@pytest.mark.parametrize("value", ["many", "0", "-1", "1.5"])
def test_a_variable_that_is_no_count_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"{name} is '?{value}'?; it must be"):
        coco.Settings.from_env()


def test_the_former_keywords_and_attributes_are_the_same_values() -> None:
    settings = coco.Settings(db_path=Path("x"), lmdb_max_dbs=5, lmdb_map_size=4096)
    assert (settings.db_settings.max_dbs, settings.db_settings.map_size) == (5, 4096)
    settings.lmdb_max_dbs, settings.lmdb_map_size = 6, 8192
    assert (settings.db_settings.max_dbs, settings.db_settings.map_size) == (6, 8192)
    settings.db_settings.max_dbs = 7
    assert (settings.lmdb_max_dbs, settings.lmdb_map_size) == (7, 8192)


@pytest.mark.parametrize("former", ["lmdb_max_dbs", "lmdb_map_size"])
def test_both_ways_at_once_are_refused(former: str) -> None:
    with pytest.raises(ValueError, match="one or the other"):
        coco.Settings(db_path=Path("x"), db_settings=coco.LmdbSettings(), **{former: 1})


def test_the_map_is_only_where_it_begins(tmp_path: Path) -> None:
    target = RecordingTarget()

    @coco.fn
    async def many() -> None:
        for number in range(2000):
            target.declare(number, "x" * 500)

    settings = coco.Settings(db_path=tmp_path / "db", db_settings=coco.LmdbSettings(map_size=4096))
    environment = coco.Environment(settings)
    coco.App(coco.AppConfig("many", environment=environment), many).update_blocking()
    environment.close()
    assert len(target.data) == 2000
    assert (tmp_path / "db" / "data.mdb").stat().st_size > 1_000_000


def test_no_more_apps_than_max_dbs_run_at_once(tmp_path: Path) -> None:
    settings = coco.Settings(db_path=tmp_path / "db", db_settings=coco.LmdbSettings(max_dbs=2))
    environment = coco.Environment(settings)
    for name in ("one", "two", "three", "one"):
        app(name, environment).update_blocking()
    target = RecordingTarget()

    async def nested(depth: int) -> None:
        target.declare("depth", depth)
        if depth < 3:
            await coco.App(coco.AppConfig(f"nested {depth}", environment=environment), nested, depth + 1).update()

    with pytest.raises(RuntimeError, match=r"max_dbs \(COCOINDEX_LMDB_MAX_DBS\)"):
        coco.App(coco.AppConfig("outer", environment=environment), nested, 0).update_blocking()
    environment.close()


def test_global_execution_options_are_taken_and_mean_nothing() -> None:
    assert coco.Settings(global_execution_options=None) == coco.Settings()
    assert coco.Settings().global_execution_options is None
    with pytest.warns(DeprecationWarning, match="max_inflight_components"):
        assert coco.Settings(global_execution_options={"rows": 1}) == coco.Settings()
