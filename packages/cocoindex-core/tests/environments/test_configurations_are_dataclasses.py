"""Configurations and what handlers are told work with `dataclasses`: fields, copies, equality, hashing, text."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco

CONTEXT = coco.ExceptionContext("env", "/", "main", "mount", None, True, "component", None)


def names(kind: Any) -> list[str]:
    return [field.name for field in dataclasses.fields(kind)]


def test_their_fields() -> None:
    assert names(coco.AppConfig) == ["name", "environment", "max_inflight_components"]
    assert names(coco.LmdbSettings) == ["max_dbs", "map_size"]
    assert names(coco.Settings) == ["db_path", "db_settings"]
    assert names(coco.ExceptionContext) == [
        "env_name",
        "stable_path",
        "processor_name",
        "mount_kind",
        "parent_stable_path",
        "is_background",
        "source",
        "original_exception",
    ]


def test_an_app_config(env: coco.Environment) -> None:
    config = coco.AppConfig("app", environment=env)
    other = dataclasses.replace(config, name="other", max_inflight_components=3)
    assert (other.name, other.environment, other.max_inflight_components) == ("other", env, 3)
    assert config == coco.AppConfig("app", env) != other
    assert len({config, coco.AppConfig("app", env), other}) == 2
    assert repr(config).startswith("AppConfig(name='app', environment=Environment('test'")
    with pytest.raises(AttributeError):
        config.name = "changed"  # type: ignore[misc]  # what is tested


def test_settings() -> None:
    settings = coco.Settings(Path("x"), lmdb_max_dbs=7)
    moved = dataclasses.replace(settings, db_path=Path("y"))
    assert moved == coco.Settings(Path("y"), coco.LmdbSettings(max_dbs=7)) != settings
    assert dataclasses.asdict(settings)["db_settings"] == {"max_dbs": 7, "map_size": 4 * 1024**3}
    assert repr(settings.db_settings) == f"LmdbSettings(max_dbs=7, map_size={4 * 1024**3})"
    with pytest.raises(TypeError, match="max_dbs is a whole number"):
        dataclasses.replace(settings.db_settings, max_dbs="7")  # type: ignore[arg-type]  # what is tested
    with pytest.raises(TypeError, match="unhashable"):
        hash(settings)


def test_settings_of_the_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCOINDEX_DB", "x/y")
    assert coco.Settings.from_env().db_path == Path("x/y")
    assert coco.Settings.from_env() == coco.Settings(Path("x/y")) != coco.Settings.from_env(Path("z"))
    assert dataclasses.replace(coco.Settings.from_env(), db_settings=coco.LmdbSettings()).db_path == Path("x/y")
    for again in copy.copy(coco.Settings.from_env()), pickle.loads(pickle.dumps(coco.Settings.from_env())):
        assert repr(again) == repr(coco.Settings(Path("x/y")))
    changed = coco.Settings.from_env()
    changed.db_path = None
    assert changed == coco.Settings()
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        changed.nothing  # type: ignore[attr-defined]  # noqa: B018  # what is tested


def test_an_exception_context() -> None:
    again = dataclasses.replace(CONTEXT, source="handler")
    assert (again.source, again.stable_path, again == CONTEXT) == ("handler", "/", False)
    assert pickle.loads(pickle.dumps(CONTEXT)) == copy.copy(CONTEXT) == CONTEXT
    assert hash(CONTEXT) == hash(copy.deepcopy(CONTEXT))
    match CONTEXT:
        case coco.ExceptionContext(env_name, path):
            assert (env_name, path) == ("env", "/")
