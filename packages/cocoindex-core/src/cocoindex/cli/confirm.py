"""Ask before something is removed. Layer `cli`."""

from __future__ import annotations

import click

from .._inspect.details import StoredApp
from .._inspect.target_counts import count_by_target
from .._runtime.environment import Environment


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
    """Ask to type `yes`, in any case; all else is a no. Without anybody to answer, the command is aborted."""
    answer: str = click.prompt(f"Type 'yes' to {what}", default="", show_default=False)
    return answer.lower() == "yes"
