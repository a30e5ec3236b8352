"""Keeps the definitions and calls of a folder of source code in a SQLite table, and finds them by name.

    python main.py [NAME]

README.md beside this file says more.
"""

from __future__ import annotations

import os
import pathlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import cocoindex as coco
from cocoindex.connectors import localfs, sqlite
from cocoindex.ops.code import CodePattern, CodeSource
from cocoindex.ops.text import detect_code_language
from cocoindex.resources.file import FileLike, PatternFilePathMatcher

HERE = pathlib.Path(__file__).parent
STATE = pathlib.Path(os.environ.get("CODE_INDEX_STATE", HERE / "state"))
FOLDER = pathlib.Path(os.environ.get("CODE_INDEX_FOLDER", HERE.parents[1] / "packages"))

CODE = coco.ContextKey[pathlib.Path]("code")
DB = coco.ContextKey[sqlite.ManagedConnection]("code_db")

# What is looked for, by language: the kind of a symbol, and a pattern that has its NAME.
PATTERNS = {
    language: [(kind, CodePattern(pattern, language)) for kind, pattern in patterns]
    for language, patterns in {
        "python": [
            ("class", r"class \NAME"),
            ("function", r"def \NAME(\(ARGUMENTS*\))"),
            ("call", r"\(NAME:/[\w.]+/\)(\*)"),
        ],
        "javascript": [
            ("class", r"class \NAME"),
            ("function", r"function \NAME(\(ARGUMENTS*\))"),
            ("call", r"\(NAME:/[\w.]+/\)(\*)"),
        ],
    }.items()
}
CALLS = ("call", "call_expression")


@dataclass
class Symbol:
    """A row of the table: where something is defined or called."""

    file: str
    line: int
    column: int
    kind: str
    name: str
    code: str


@coco.lifespan
def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
    STATE.mkdir(parents=True, exist_ok=True)
    builder.settings.db_path = STATE / "store"
    builder.provide(CODE, FOLDER)
    builder.provide_with(DB, sqlite.managed_connection(STATE / "symbols.sqlite"))
    yield


@coco.fn(memo=True)  # runs again for a file only when the file or this function changed
async def index_file(file: FileLike[pathlib.Path], table: sqlite.TableTarget[Symbol]) -> None:
    """Declare one row for each definition and call in a file; it is parsed once for all patterns."""
    path = file.file_path.path.as_posix()
    language = detect_code_language(filename=path) or ""
    source = CodeSource(await file.read_text(), language)
    for kind, pattern in PATTERNS.get(language, []):
        for match in pattern.match_source(source):
            if kind == "call" and match.kind not in CALLS:
                continue
            [name], [code] = match.captures["NAME"], match.chunks
            first_line = code.text.partition("\n")[0]
            table.declare_row(row=Symbol(path, code.start.line, code.start.column, kind, name.text, first_line[:200]))


@coco.fn
async def index_folder() -> None:
    """Declare the table, and mount one component a file."""
    schema = await sqlite.TableSchema.from_class(Symbol, primary_key=["file", "line", "column", "kind"])
    table = await sqlite.mount_table_target(DB, "symbols", schema)
    matcher = PatternFilePathMatcher(included_patterns=["**/*.py", "**/*.js"])
    files = localfs.walk_dir(CODE, recursive=True, path_matcher=matcher)
    await coco.mount_each(index_file, files.items(), table)


app = coco.App("CodeIndex", index_folder)


def show(name: str) -> None:
    """Print where something of this name is defined, and how often it is called."""
    connection = coco.default_env().get_context(DB)
    with connection.readonly() as raw:
        defined = raw.execute(
            "SELECT file, line, code FROM symbols WHERE name = ? AND kind <> 'call' ORDER BY file, line", (name,)
        ).fetchall()
        [(calls,)] = raw.execute(
            "SELECT count(*) FROM symbols WHERE kind = 'call' AND (name = ? OR name LIKE '%.' || ?)", (name, name)
        ).fetchall()
    print(f"\n{name}: {len(defined)} defined, {calls} called")
    for file, line, code in defined:
        print(f"{file}:{line}  {code}")


if __name__ == "__main__":
    with coco.runtime():
        app.update_blocking(report_to_stdout=True)
        show(" ".join(sys.argv[1:]) or "mount_each")
