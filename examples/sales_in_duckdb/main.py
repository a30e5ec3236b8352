"""Keeps the lines of a folder of CSV files as typed rows of a DuckDB table, and adds them up.

    python main.py

README.md beside this file says more.
"""

from __future__ import annotations

import csv
import datetime
import decimal
import io
import os
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import cocoindex as coco
from cocoindex.connectors import duckdb, localfs
from cocoindex.resources.file import FileLike, PatternFilePathMatcher

HERE = pathlib.Path(__file__).parent
STATE = pathlib.Path(os.environ.get("SALES_STATE", HERE / "state"))

# Their names are what is remembered, so that both may move.
SALES = coco.ContextKey[pathlib.Path]("sales")
DB = coco.ContextKey[duckdb.ManagedConnection]("sales_db")

TOTALS = "SELECT article, sum(amount), sum(amount * price) FROM sales GROUP BY article ORDER BY 3 DESC"


@dataclass
class Sale:
    """A line of a file."""

    file: str
    order: int
    at: datetime.datetime
    article: str
    amount: int
    price: Annotated[decimal.Decimal, duckdb.DuckdbType("DECIMAL(10, 2)")]


@coco.lifespan
def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
    STATE.mkdir(exist_ok=True)
    builder.settings.db_path = STATE / "store"
    builder.provide(SALES, pathlib.Path(os.environ.get("SALES_FOLDER", HERE / "sales")))
    builder.provide_with(DB, duckdb.managed_connection(STATE / "sales.duckdb"))
    yield


@coco.fn(memo=True)  # runs again for a file only when the file or this function changed
async def read_sales(file: FileLike[pathlib.Path], table: duckdb.TableTarget[Sale]) -> None:
    """Declare a row for each line of one file."""
    name = file.file_path.path.as_posix()
    for line in csv.DictReader(io.StringIO(await file.read_text())):
        table.declare_row(
            row=Sale(
                name,
                int(line["order"]),
                datetime.datetime.fromisoformat(line["at"]),
                line["article"],
                int(line["amount"]),
                decimal.Decimal(line["price"]),
            )
        )


@coco.fn
async def main() -> None:
    """Declare the table, and mount one component a file."""
    schema = await duckdb.TableSchema.from_class(Sale, primary_key=["file", "order"])
    table = await duckdb.mount_table_target(DB, "sales", schema)
    files = localfs.walk_dir(SALES, recursive=True, path_matcher=PatternFilePathMatcher(included_patterns=["**/*.csv"]))
    await coco.mount_each(read_sales, files.items(), table)


app = coco.App("Sales", main)

if __name__ == "__main__":
    app.update_blocking(report_to_stdout=True)
    with duckdb.managed_connection(STATE / "sales.duckdb") as connection, connection.readonly() as reader:
        for article, amount, total in reader.execute(TOTALS).fetchall():
            print(f"{article:10} {amount:5} {total:10}")
