"""A command or file whose name is mistyped or missing: the message names the one that is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


@pytest.mark.parametrize(
    ("typed", "code", "advice"),
    [
        (["udpate", "notes.py"], 2, "No such command 'udpate'. Did you mean 'update'?"),
        (
            ["notes.py"],
            2,
            "No such command 'notes.py'. To update the app in a file, write `cocoindex update notes.py`.",
        ),
        (["help"], 2, "No such command 'help'. The commands are drop, init, ls, plugins, show, update."),
        (
            ["update"],
            2,
            "'APP_TARGET'. It is the file or module that defines the app, as in `cocoindex update app.py`.",
        ),
        (["update", "note.py"], 1, "; did you mean 'notes.py'?"),
        (["show", "note"], 1, "; did you mean 'notes.py'?"),
        (["drop", "folder/inenr.py"], 1, "; did you mean 'folder/inner.py'?"),
    ],
)
def test_the_message_names_it(shell: Shell, typed: list[str], code: int, advice: str) -> None:
    shell.write("notes.py", "")
    shell.write("folder/inner.py", "")
    done = shell.run(*typed)
    assert done.code == code
    assert done.err.rstrip().endswith(advice)
