"""The connector of docs/connectors.md rebuilds tables, leaves the user's alone, and repairs what was interrupted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .conftest import Folder

UPDATE = "cocoindex update -q app.py"


def table(folder: Folder) -> Any:
    """What the table holds."""
    return json.loads((folder.path / "tables" / "counts.json").read_text())


def replace(folder: Folder, old: str, new: str) -> None:
    """Change the program."""
    program = (folder.path / "app.py").read_text()
    assert old in program
    (folder.path / "app.py").write_text(program.replace(old, new))


def test_other_columns_make_another_table(folder: Folder) -> None:
    folder.text("a.txt", "two words")
    folder.run(UPDATE)
    replace(folder, '["words"]', '["words", "letters"]')
    replace(folder, '"words": len(text.split())', '"words": len(text.split()), "letters": len(text)')
    planned = folder.run(f"{UPDATE} --preview").splitlines()
    assert len(planned) == 3
    assert "what='replace'" in planned[1]
    folder.run(UPDATE)
    assert table(folder) == {"columns": ["words", "letters"], "rows": {"a.txt": {"words": 2, "letters": 9}}}
    assert folder.run(f"{UPDATE} --preview").count("\n") == 2


def test_a_table_of_the_user_stays(folder: Folder) -> None:
    replace(folder, '["words"]', '["words"], managed_by="user"')
    folder.text("a.txt", "two words")
    (folder.path / "tables").mkdir()
    (folder.path / "tables" / "counts.json").write_text('{"columns": ["words"], "rows": {"mine": {"words": 0}}}')
    folder.run(UPDATE)
    assert table(folder)["rows"] == {"mine": {"words": 0}, "a.txt": {"words": 2}}
    folder.run("rm texts/a.txt")
    folder.run(UPDATE)
    assert table(folder)["rows"] == {"mine": {"words": 0}}
    folder.run("cocoindex drop -fq app.py")
    assert table(folder)["rows"] == {"mine": {"words": 0}}


def test_a_table_that_was_removed_by_hand_comes_back_with_its_rows(folder: Folder) -> None:
    folder.text("a.txt", "two words")
    folder.text("b.txt", "one")
    folder.run(UPDATE)
    folder.run("rm tables/counts.json")
    folder.run(UPDATE)
    assert table(folder)["rows"] == {"a.txt": {"words": 2}, "b.txt": {"words": 1}}
    folder.run("rm tables/counts.json")
    folder.run("cocoindex drop -fq app.py")
    assert not (folder.path / "tables" / "counts.json").exists()


def test_what_was_killed_in_the_sink_is_repaired(folder: Folder) -> None:
    folder.text("a.txt", "two words")
    folder.run(UPDATE)
    connector = (folder.path / "json_tables.py").read_text()
    killed = connector.replace("os.replace(new, path)", "os.kill(os.getpid(), 9)")
    assert killed != connector
    folder.text("a.txt", "three words now")
    folder.text("b.txt", "one")
    (folder.path / "json_tables.py").write_text(killed)
    assert "killed" in folder.run(f"({UPDATE} && echo done) 2>/dev/null || echo killed")
    (folder.path / "json_tables.py").write_text(connector)
    folder.run(UPDATE)
    assert table(folder)["rows"] == {"a.txt": {"words": 3}, "b.txt": {"words": 1}}
    folder.run("rm texts/*")
    folder.run(UPDATE)
    assert table(folder)["rows"] == {}
