"""A connection string that is given where something else belongs is shown without its password."""

from __future__ import annotations

import pathlib
import pickle
import sys
import traceback
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.cli import main as command_line
from cocoindex.errors import CocoIndexError

URL: Any = "postgresql://user:secret@host/db"
BAD_KEY: Any = [URL]
MISTAKES: list[Callable[[], Any]] = [
    lambda: coco.StablePath(URL),
    lambda: coco.StablePath.from_parts(URL),
    lambda: coco.Symbol(URL.encode()),
    lambda: coco.register_memo_type(URL, stable_type_id="x"),
    lambda: coco.register_memo_key_function(URL, len),
    lambda: coco.serialize_by_pickle(URL),
    lambda: coco.ROOT_PATH.concat_part(BAD_KEY),
    lambda: coco.App(coco.AppConfig(URL * 20), lambda: None),
]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_password_is_hidden(mistake: Callable[[], Any]) -> None:
    with pytest.raises(CocoIndexError) as caught:
        mistake()
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(caught.value)


def test_in_a_component(make_app: Callable[..., coco.App[Any, Any]]) -> None:
    async def child(item: Any) -> None:
        pass

    async def main() -> None:
        await coco.mount_each(child, URL)

    with pytest.raises(CocoIndexError) as caught:
        make_app(main).update_blocking()
    assert "secret" not in str(caught.value)


@coco.fn
async def failing(item: Any) -> None:
    raise ValueError("no")


@pytest.mark.parametrize(
    "mount",
    [
        lambda: coco.mount_each(failing, [(URL, 1), (URL, 2)]),
        lambda: coco.use_mount(coco.component_subpath(URL), failing, 1),
        lambda: coco.mount_target(URL),
    ],
)
def test_in_the_path_of_a_component(make_app: Callable[..., coco.App[Any, Any]], mount: Callable[[], Any]) -> None:
    async def main() -> None:
        await mount()

    with pytest.raises((CocoIndexError, ValueError)) as caught:
        make_app(main).update_blocking()
    assert "secret" not in "".join(traceback.format_exception_only(caught.value))


@pytest.mark.parametrize(
    ("message", "is_hidden"),
    [
        (f"cannot open {URL!r}: no", True),
        (f"there is no folder {pathlib.Path(URL)}", True),
        ("there is no folder C:/notes: secret a@b", False),
        ("cannot connect: host=h password=secret dbname=d", True),
        ("cannot connect: password='secret' host=h", True),
        ("cannot open md:x?motherduck_token=secret", True),
        ("cannot connect: sslpassword=secret dbname=d", True),
        ("cannot connect: PGPASSWORD=secret", True),
        ("not //user:secret@host/db", True),
        ("not {'host': 'h', 'password': 'secret'}", True),
        ('not {"api_key": "secret"}', True),
        ("syntax error: CREATE SECRET s3 (TYPE s3, SECRET 'secret')", True),
        ("no table 'Authorization: Bearer secret'", True),
        ("the model 'sk-proj-secretsecretsecret' cannot be used", True),
        (r"cannot connect: host=h password='it\'s secret'", True),
        (r"not '{\"user\": \"u\", \"password\": \"secret\"}'", True),
        ('not {"clientSecret": "secret"}', True),
        ("cannot get https://host/k?X-Amz-Signature=secret&x=1", True),
        ("cannot reach http://host:8080 for secret a@b", False),
        ("the row (token='secret') cannot be stored", False),  # it names the row
        ("column 'password': secret", False),
    ],
)
def test_whatever_a_message_is_made_of(message: str, is_hidden: bool) -> None:
    error = CocoIndexError(message)
    assert ("secret" not in str(error)) == is_hidden
    assert ("secret" not in str(pickle.loads(pickle.dumps(error)))) == is_hidden
    assert error.args == (message,)


@pytest.mark.parametrize(
    "command", [["plugins", URL], ["update", f"--{URL}"], [f"--{URL}"], ["show", "a.py", "x", URL]]
)
def test_on_the_command_line(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["cocoindex", *command])
    with pytest.raises(SystemExit) as caught:
        command_line()
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert "secret" not in out + err
    assert "***" in err


@pytest.mark.parametrize(
    "value",
    [
        lambda: coco.ContextKey(URL),
        lambda: coco.Symbol(URL),
        lambda: coco.component_subpath(URL),
        lambda: coco.Settings(db_path=pathlib.Path(URL)),
        lambda: coco.App(URL, lambda: None),
    ],
)
def test_what_a_value_is_shown_as(value: Callable[[], Any]) -> None:
    assert "secret" not in repr(value())


def test_the_log_of_a_component_that_fails(
    make_app: Callable[..., coco.App[Any, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    @coco.fn
    async def connect(dsn: str) -> None:
        try:
            raise OSError(f"cannot open {dsn}")
        except OSError as error:
            raise RuntimeError("no") from error

    async def main() -> None:
        await coco.mount(coco.component_subpath("a"), connect, URL)

    make_app(main).update_blocking()
    assert "secret" not in caplog.text
    assert "OSError: cannot open postgresql://user:***@host/db" in caplog.text


def test_an_error_of_the_program_on_the_command_line(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    pathlib.Path("program.py").write_text(f"raise ValueError('cannot open ' + {URL!r})\n")
    monkeypatch.setattr(sys, "argv", ["cocoindex", "update", "program.py"])
    with pytest.raises(SystemExit):
        command_line()
    out, err = capsys.readouterr()
    assert "user:***@host/db" in err
    assert "secret" not in out + err
