"""APP_TARGET names a file or module, and where it has several apps, which of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

SEVERAL = """
import pathlib
import cocoindex as coco

@coco.fn
def main(mark):
    pathlib.Path("ran.txt").write_text(mark)

first = coco.Environment(coco.Settings(db_path=pathlib.Path("first.db")), name="first")
second = coco.Environment(coco.Settings(db_path=pathlib.Path("second.db")), name="second")
apps = [
    coco.App(coco.AppConfig("A", environment=first), main, "A@first"),
    coco.App(coco.AppConfig("A", environment=second), main, "A@second"),
    coco.App(coco.AppConfig("B", environment=second), main, "B@second"),
]
"""


@pytest.mark.parametrize(
    ("target", "ran"),
    [
        ("apps.py:A@first", "A@first"),
        ("apps:A@second", "A@second"),
        ("apps.py:B", "B@second"),
        ("./apps.py:@first", "A@first"),
    ],
)
def test_the_app_that_is_named_runs(shell: Shell, target: str, ran: str) -> None:
    shell.write("apps.py", SEVERAL)
    done = shell.run("update", "-q", target)
    assert (done.code, done.err) == (0, "")
    assert (shell.folder / "ran.txt").read_text() == ran


@pytest.mark.parametrize(
    ("target", "complaint"),
    [
        ("apps.py", "'apps.py' has several apps, 'A', 'B'; say which one, as in apps.py:A"),
        ("apps.py:@second", "'apps.py' has several apps, 'A', 'B'; say which one, as in apps.py:A"),
        ("apps:A", "'apps' has an app 'A' in each of the environments 'first', 'second'; say which one, as in apps:A@"),
        ("apps.py:C", "'apps.py' has no app 'C'; it has 'A', 'B'"),
        ("apps.py:A@third", "'apps.py' has no environment 'third'; it has 'first', 'second'"),
        ("none.py", "cannot load 'none.py': there is no such file in "),
        ("none", "cannot load 'none': no module of that name in "),
        ("empty.py", "'empty.py' defines no app; create one"),
        ("broken.py", "cannot load '{folder}/broken.py': SyntaxError: "),
        ("raises.py", "cannot load '{folder}/raises.py': KeyError: 'x' (raises.py:2, in go)"),
        ("raises", "cannot load 'raises': KeyError: 'x' (raises.py:2, in go)"),
        ("imports.py", "cannot load '{folder}/imports.py': ModuleNotFoundError: No module named 'no_such_module'"),
        (".", "cannot load '.': it is a folder; name the file in it that defines the app"),
        ("folder", "'folder' is a folder that is not a package; name the file in it that defines the app"),
        ("folder/", "cannot load 'folder/': it is a folder; name the file in it that defines the app"),
        ("app.txt", "cannot load 'app.txt': it is not a Python file: its name does not end in .py"),
        ("./app.txt", "cannot load '{folder}/app.txt': it is not a Python file: its name does not end in .py"),
        ("long.py", "cannot load '{folder}/long.py': AppNameError: the name of an app has 1 to 400 bytes"),
        ("exits.py", "cannot load '{folder}/exits.py': SystemExit: 3"),
        ("typing.py", "cannot load '{folder}/typing.py': 'typing' is the name of a module that is in use already"),
    ],
)
def test_what_names_no_app_is_one_clear_line(shell: Shell, target: str, complaint: str) -> None:
    shell.write("apps.py", SEVERAL)
    shell.write("empty.py", "import cocoindex\n")
    shell.write("broken.py", "def (:\n")
    shell.write("raises.py", "def go():\n    {}['x']\ngo()\n")
    shell.write("imports.py", "import no_such_module\n")
    shell.write("exits.py", "raise SystemExit(3)\n")
    shell.write("typing.py", "")
    shell.write("app.txt", SEVERAL)
    (shell.folder / "folder").mkdir()
    shell.write("long.py", "import cocoindex\ncocoindex.App('x' * 401, print)\n")
    done = shell.run("update", target)
    assert done.code == 1
    assert done.out == ""
    assert done.err.startswith("Error: " + complaint.format(folder=shell.folder.resolve()))
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("target", ["", ":A", "apps.py:A@"])
def test_an_incomplete_target_is_wrong_usage(shell: Shell, target: str) -> None:
    done = shell.run("update", target)
    assert done.code == 2
    assert "Usage: cocoindex update" in done.err


@pytest.mark.parametrize("file", ["with:colon.py", "ünï cödé.py", "a.b.py"])
def test_a_file_may_have_an_odd_name(shell: Shell, file: str) -> None:
    shell.write(file, SEVERAL)
    done = shell.run("update", "-q", f"{file}:B")
    assert (done.code, done.err) == (0, "")


def test_the_app_dir_is_where_modules_and_files_are_looked_for(shell: Shell) -> None:
    shell.write("sub/apps.py", SEVERAL)
    for target in ("apps:B", "apps.py:B"):
        done = shell.run("-d", "sub", "update", "-q", target)
        assert (done.code, done.err) == (0, "")


def test_a_file_imports_what_lies_beside_it(shell: Shell) -> None:
    shell.write(
        "sub/apps.py", "from beside import main\n" + SEVERAL.replace("@coco.fn\ndef main", "@coco.fn\ndef other")
    )
    shell.write("sub/beside.py", "def main(mark): ...\n")
    done = shell.run("update", "-q", "sub/apps.py:B")
    assert (done.code, done.err) == (0, "")
