"""`cocoindex init`: create a new project: an app, or a distribution with a plugin. Layer `cli`."""

from __future__ import annotations

import os
import re
import shlex
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import click

from .._install_source import InstallSource
from .._shown import shown
from .confirm import answered
from .distribution_files import distribution_files
from .made_folder import make_folder
from .plugin_kind import CONNECTOR, OP, SQL_CONNECTOR, PluginKind
from .plugin_names import plugin_names
from .project_files import DISTRIBUTIONS, EXTRA, project_files

# Valid names of distributions, without dots.
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?")
_LONGEST = 100


@click.command()
@click.argument("project_name", required=False)
@click.option("--dir", "folder", metavar="DIRECTORY", help="Folder to create it in. Default: a new one with its name.")
@click.option("--connector", metavar="NAME", help="Create a distribution with a connector called NAME.")
@click.option("--sql", is_flag=True, help="The connector is for an SQL database.")
@click.option("--op", metavar="NAME", help="Create a distribution with an operation called NAME.")
@click.option("--distribution", metavar="NAME", help="Its name. Default: NAME-cocoindex-connector or -op.")
def init(
    project_name: str | None,
    folder: str | None,
    connector: str | None,
    sql: bool,
    op: str | None,
    distribution: str | None,
) -> None:
    """Create a project: a folder with a small app (main.py), a pyproject.toml and a README.md.

    PROJECT_NAME: letters, digits, `-` and `_`. Default: the name of the folder, which is `--dir` or the current one.

    With --connector or --op, create a distribution that is ready to build, with passing tests, checks of types and
    style, nox and CI. NAME is the name of its module: lower-case letters, digits and `_`.
    """
    if folder == "":
        raise click.BadParameter("the name of the folder is empty", param_hint="--dir")
    if sql and connector is None:
        raise click.UsageError("--sql requires --connector")
    kinds = ((SQL_CONNECTOR if sql else CONNECTOR, connector), (OP, op))
    asked = {kind: name for kind, name in kinds if name is not None}
    if not asked:
        if distribution is not None:
            raise click.UsageError("--distribution requires --connector or --op")
        _make_app(project_name, folder)
        return
    if len(asked) > 1 or project_name is not None:
        raise click.UsageError("give only one of PROJECT_NAME, --connector NAME and --op NAME")
    [(kind, name)] = asked.items()
    _make_distribution(kind, name, folder, distribution)


def _make_distribution(kind: PluginKind, name: str, folder: str | None, distribution: str | None) -> None:
    names = plugin_names(kind, name, distribution)
    where = Path(folder or names.distribution)
    make_folder(where, distribution_files(kind, names, version("cocoindex-core")))
    click.echo(f"Created {kind.word} {names.name!r} in {str(where)!r}: the distribution {names.distribution}")
    source = InstallSource.of()
    _tell([*_go_to(where), 'pip install -e ".[dev]"', "pytest", *_check_all(source)])
    _tell_of_links(source)


def _check_all(source: InstallSource) -> list[str]:
    """Return the commands that check the project; its nox sessions must find core to install."""
    if source.packages is not None:  # it could be built there, but not by a step of this project
        return []
    if source.wheels is None:
        return ["nox"]
    links = shlex.quote(str(source.wheels))
    return [f"PIP_FIND_LINKS={links} UV_FIND_LINKS={links} nox"]


def _make_app(project_name: str | None, folder: str | None) -> None:
    where = Path(folder or project_name or ".")
    name = _checked(where.resolve().name if project_name is None else project_name)
    if os.path.isfile(where):
        raise click.BadParameter(f"{str(where)!r} is a file; name a folder", param_hint="--dir")
    if os.path.isdir(where) and any(where.iterdir()) and not _goes_on(where):
        click.echo("Init cancelled.")
        return
    source = InstallSource.of()
    try:
        _write(where, project_files(name, version("cocoindex-core"), source))
    except OSError as error:
        raise click.ClickException(f"the project cannot be created in {str(where)!r}: {error}") from error
    click.echo(f"Created CocoIndex project {name!r} in {str(where)!r}")
    steps = _steps_of_app(where, source)
    _tell(steps)
    if any(step.startswith("pip ") for step in steps):
        _tell_of_links(source)


def _checked(name: str) -> str:
    if _NAME.fullmatch(name) and len(name) <= _LONGEST:
        return name
    elsewhere = f". To create it in this folder, pass it to --dir: --dir {shlex.quote(name)}" if os.sep in name else ""
    raise click.BadParameter(
        f"{shown(name)} cannot be the name of a project: it takes 1 to {_LONGEST} ASCII letters, digits, '-' and '_', "
        f"and begins and ends with a letter or digit{elsewhere}",
        param_hint="PROJECT_NAME",
    )


def _goes_on(where: Path) -> bool:
    question = f"Directory {str(where)!r} already exists and is not empty. Continue and overwrite its files?"
    return answered(lambda: click.confirm(question), "name a folder that is new by --dir")


def _write(where: Path, files: dict[str, str]) -> None:
    where.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (where / name).write_text(text, encoding="utf-8")


def _steps_of_app(where: Path, source: InstallSource) -> list[str]:
    try:
        installed = find_spec("cocoindex.connectors.localfs") is not None
    except ImportError:
        installed = False
    install = [] if installed else [source.install_command(EXTRA, DISTRIBUTIONS)]
    return [*_go_to(where), *install, "cocoindex update main.py"]


def _go_to(where: Path) -> list[str]:
    return [] if where.resolve() == Path.cwd() else [f"cd {shlex.quote(str(where))}"]


def _tell(steps: list[str]) -> None:
    click.echo("\nNext steps:")
    for number, step in enumerate(steps, start=1):
        click.echo(f"  {number}. {step}")


def _tell_of_links(source: InstallSource) -> None:
    """Tell the user to name the folder of wheels: installers do not record where a distribution came from."""
    if source == InstallSource():
        click.echo(
            "\nIf cocoindex-core is from a folder of wheels, first set PIP_FIND_LINKS and UV_FIND_LINKS to that folder."
        )
