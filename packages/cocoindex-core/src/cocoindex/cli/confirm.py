"""Ask before something is removed. Layer `cli`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from .._inspect.details import StoredApp
from .._inspect.target_counts import count_by_target
from .._runtime.environment import Environment

T = TypeVar("T")


def say_what_goes(app: str, environment: Environment) -> None:
    """Print how many target states a drop of the app removes from each target."""
    with environment._stored() as database:
        if database is None or app not in database.list_apps():
            return
        counts = count_by_target(StoredApp(database.open_app(app, create=False)))
    if counts:
        click.echo(f"It has {_states(sum(counts.values()))}, which are removed:")
    for target, count in counts.items():
        click.echo(f"  {target}: {_states(count)}")


def _states(count: int) -> str:
    return f"{count:,} target state{'s' * (count != 1)}"


def confirmed(what: str) -> bool:
    """Ask the user to type `yes` (in any case); anything else means no. Without a user to ask, the command fails."""

    def ask() -> str:
        answer: str = click.prompt(f"Type 'yes' to {what}", default="", show_default=False)
        return answer

    return answered(ask, "use --force to skip the question").lower() == "yes"


def answered(ask: Callable[[], T], advice: str) -> T:
    """Return the user's answer to a question; `advice` says what to do if standard input has ended."""
    try:
        return ask()
    except click.Abort as error:
        if not isinstance(error.__context__, EOFError):
            raise
        click.echo()
        raise click.ClickException(f"no answer, because standard input has ended; {advice}") from None
