"""Rows follow what an app declares: added, changed, deleted, and otherwise left alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cocoindex as coco
from cocoindex.connectors import sqlite

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[sqlite.ManagedConnection]("target_db")


@dataclass
class Word:
    file: str
    at: int
    word: str


@coco.fn(memo=True)
async def words_of(file: str, text: str, table: sqlite.TableTarget[Word]) -> None:
    for at, word in enumerate(text.split()):
        table.declare_row(row=Word(file, at, word))


@coco.fn
async def main(files: dict[str, str], name: str = "words") -> None:
    schema = await sqlite.TableSchema.from_class(Word, primary_key=["file", "at"])
    table = await sqlite.mount_table_target(DB, name, schema)
    for file, text in files.items():
        await coco.mount(coco.component_subpath(file), words_of, file, text, table)


def words(project: Project) -> list[str]:
    return [word for (word,) in project.query("SELECT file || at || word FROM words ORDER BY file, at")]


def test_rows_follow(project: Project) -> None:
    project.update(main, {"a": "x y", "b": "z"})
    assert words(project) == ["a0x", "a1y", "b0z"]
    project.update(main, {"a": "x changed more", "b": "z"})
    assert words(project) == ["a0x", "a1changed", "a2more", "b0z"]
    assert sum("INSERT" in statement for statement in project.writes) == 2
    project.update(main, {"a": "x", "b": "z"})
    assert words(project) == ["a0x", "b0z"]
    assert all("DELETE" in statement for statement in project.writes)
    project.update(main, {"b": "z"})
    assert words(project) == ["b0z"]
    project.update(main, {})
    assert words(project) == []
    assert project.failures == []


def test_unchanged_writes_nothing(project: Project) -> None:
    project.update(main, {"a": "x y", "b": "z"})
    assert project.update(main, {"a": "x y", "b": "z"}).num_unchanged == 2
    assert project.writes == []


def test_row_that_moves_to_another_component(project: Project) -> None:
    project.update(main, {"a": "x"})
    project.update(main, {"A": "x"})
    assert words(project) == ["A0x"]


def test_full_reprocess_writes_all_again(project: Project) -> None:
    project.update(main, {"a": "x y"})
    project.run("DELETE FROM words", "INSERT INTO words VALUES ('a', 0, 'spoiled')")
    project.update(main, {"a": "x y"}, full_reprocess=True)
    assert words(project) == ["a0x", "a1y"]


def test_renamed_table(project: Project) -> None:
    project.update(main, {"a": "x y"})
    project.update(main, {"a": "x y"}, "terms")
    assert project.query("SELECT count(*) FROM terms") == [(2,)]
    assert project.query("SELECT name FROM sqlite_master WHERE type = 'table'") == [("terms",)]


def test_drop(project: Project) -> None:
    project.update(main, {"a": "x y"})
    project.drop(main, {"a": "x y"})
    assert project.query("SELECT count(*) FROM sqlite_master") == [(0,)]
    project.update(main, {"a": "x y"})
    assert words(project) == ["a0x", "a1y"]
