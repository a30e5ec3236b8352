"""`cocoindex init`: make a project to start from. Layer `cli`."""

from __future__ import annotations

import re
import shlex
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import click

from .._install_source import InstallSource
from .project_files import DISTRIBUTIONS, EXTRA, project_files

# What may be the name of a distribution, but for dots.
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?")


@click.command()
@click.argument("project_name", required=False)
@click.option("--dir", "folder", metavar="DIRECTORY", help="The folder to make it in. By default one of its name.")
def init(project_name: str | None, folder: str | None) -> None:
    """Make a new project: a folder with a small app that runs (main.py), a pyproject.toml and a README.md.

    PROJECT_NAME: letters, digits, `-` and `_`. Without it, the project is called like the folder that it is made in:
    `--dir`, or else the current one.
    """
    where = Path(folder or project_name or ".")
    name = _checked(project_name or where.resolve().name)
    if where.is_file():
        raise click.BadParameter(f"{str(where)!r} is a file; name a folder", param_hint="--dir")
    if where.is_dir() and any(where.iterdir()) and not _goes_on(where):
        click.echo("Init cancelled.")
        return
    source = InstallSource.of()
    try:
        _write(where, project_files(name, version("cocoindex-core"), source))
    except OSError as error:
        raise click.ClickException(f"the project cannot be made in {str(where)!r}: {error}") from error
    click.echo(f"Created CocoIndex project {name!r} in {str(where)!r}\n\nNext steps:")
    for number, step in enumerate(_next_steps(where, source), start=1):
        click.echo(f"  {number}. {step}")


def _checked(name: str) -> str:
    if _NAME.fullmatch(name):
        return name
    raise click.BadParameter(
        f"{name!r} cannot be the name of a project: it takes ASCII letters, digits, '-' and '_', and begins and ends "
        "with a letter or digit",
        param_hint="PROJECT_NAME",
    )


def _goes_on(where: Path) -> bool:
    return click.confirm(f"Directory {str(where)!r} already exists and is not empty. Continue and overwrite its files?")


def _write(where: Path, files: dict[str, str]) -> None:
    where.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (where / name).write_text(text, encoding="utf-8")


def _next_steps(where: Path, source: InstallSource) -> list[str]:
    steps = [] if where.resolve() == Path.cwd() else [f"cd {shlex.quote(str(where))}"]
    try:
        installed = find_spec("cocoindex.connectors.localfs") is not None
    except ImportError:
        installed = False
    if not installed:
        steps.append(source.install_command(EXTRA, DISTRIBUTIONS))
    return [*steps, "cocoindex update main.py"]
