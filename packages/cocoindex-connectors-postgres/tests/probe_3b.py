from __future__ import annotations
import ipaddress
from typing import Any
import cocoindex as coco
from cocoindex.connectors import postgres

C = postgres.ColumnDef
DB = coco.ContextKey[Any]("target_db")


@coco.fn
async def row_of(row, table):
    print("declared", row)
    table.declare_row(row=row)


@coco.fn
async def main(rows, columns, key, managed="user"):
    table = await postgres.mount_table_target(
        DB, "docs", postgres.TableSchema({k: C(v) for k, v in columns.items()}, key), managed_by=managed
    )
    for i, row in enumerate(rows):
        await coco.mount(coco.component_subpath(i), row_of, row, table)


def test_x(project):
    p = project
    p.run("CREATE TABLE docs (v cidr primary key, a int)")
    for v in (ipaddress.ip_network("10.0.0.0/8"), "10.0.0.0/8"):
        p.update(main, [{"v": v, "a": 1}], {"v": "cidr", "a": "integer"}, ["v"])
        print(p.query("SELECT v::text FROM docs"), p.failures)
    p.run("DROP TABLE docs", "CREATE TABLE docs (id int primary key, v cidr)")
    p.update(main, [{"id": i, "v": v} for i in range(2)], {"id": "integer", "v": "cidr"}, ["id"])
    print(p.query("SELECT v::text FROM docs"), p.failures)
    p.update(main, [{"id": i, "v": v} for i in range(60)], {"id": "integer", "v": "cidr"}, ["id"])
    print(len(p.query("SELECT v::text FROM docs")), p.failures)
    p.run("DROP TABLE docs", "CREATE TABLE docs (v cidr primary key, a int)")
    p.update(main, [{"v": v, "a": 1}], {"v": "cidr", "a": "integer"}, ["v"])
    print(p.query("SELECT v::text FROM docs"), p.failures)


import pytest


@pytest.mark.parametrize(
    "kind,v", [("cidr", "10.0.0.0/8"), ("inet", "10.0.0.0/8"), ("text", "x"), ("integer", 5), ("integer", 500)]
)
@pytest.mark.parametrize("n", [1, 2, 60])
def test_y(project, kind, v, n, monkeypatch):
    from cocoindex.connectors.postgres import _write_rows as w

    old = w.TableWriter.delete

    async def delete(self, session, keys):
        print("DELETE", self.primary_key, keys[:15])
        return await old(self, session, keys)

    monkeypatch.setattr(w.TableWriter, "delete", delete)
    oldw = w.TableWriter.write

    async def write(self, session, keys):
        print("WRITE", self.primary_key, len(keys), keys[0].key)
        return await oldw(self, session, keys)

    monkeypatch.setattr(w.TableWriter, "write", write)
    p = project
    p.run(f"CREATE TABLE docs (id int primary key, v {kind})")
    p.update(main, [{"id": i, "v": v} for i in range(n)], {"id": "integer", "v": kind}, ["id"])
    p.run("DROP TABLE docs", f"CREATE TABLE docs (v {kind} primary key, a int)")
    p.update(main, [{"v": v, "a": 1}], {"v": kind, "a": "integer"}, ["v"])
    print(kind, n, p.query("SELECT v::text FROM docs"), p.failures)
    p.update(main, [{"v": v, "a": 1}], {"v": kind, "a": "integer"}, ["v"])
    print(kind, n, p.query("SELECT v::text FROM docs"), p.failures)


def test_z(project, monkeypatch):
    from cocoindex.connectors.postgres import _write_rows as w

    old = w.TableWriter.delete

    async def delete(self, session, keys):
        print("DELETE", self.primary_key, keys[:15])
        return await old(self, session, keys)

    monkeypatch.setattr(w.TableWriter, "delete", delete)
    p = project
    p.run(f"CREATE TABLE docs (id int primary key, v int unique, a int)", "INSERT INTO docs VALUES (1001, 7, 7)")
    p.update(main, [{"id": i, "v": 5000 + i} for i in range(20)], {"id": "integer", "v": "integer"}, ["id"])
    p.update(main, [{"id": 777, "v": 777}], {"v": "integer", "id": "integer"}, ["v"])
    print(p.query("SELECT * FROM docs"), p.failures)
