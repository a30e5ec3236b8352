"""Load environment variables from a `.env` file; variables that are already set take precedence. Layer `cli`."""

from __future__ import annotations

import click
from dotenv import find_dotenv, load_dotenv


def load_env_file(path: str | None) -> None:
    """Load the file; without a path, the first `.env` from the current folder upwards, if there is one."""
    found = path or find_dotenv(usecwd=True)
    if not found:
        return
    try:
        load_dotenv(found, override=False)
    except (OSError, UnicodeDecodeError) as cause:
        raise click.BadParameter(f"{found!r} cannot be read: {cause}", param_hint="--env-file") from cause
    click.echo(f"Loaded environment variables from: {found}", err=True)
