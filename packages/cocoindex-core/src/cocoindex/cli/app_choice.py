"""Choose the app for a command from the loaded apps. Layer `cli`."""

from __future__ import annotations

import sys
from typing import Any, TypeAlias

from .._app.app import App
from .._app.registry import registered_apps
from ..errors import AppChoiceError
from .app_loader import load_apps
from .app_target import AppTarget

AnyApp: TypeAlias = App[..., Any]


def load_and_choose(target: AppTarget, app_dir: str) -> AnyApp:
    """Load the module of `target` and return the app that it names.

    Raises:
        AppLoadError: the module cannot be imported.
        AppChoiceError: no app matches, or several do; the message lists them.
    """
    load_apps(target.module, app_dir)
    return choose(target, registered_apps())


def choose(target: AppTarget, apps: list[AnyApp]) -> AnyApp:
    """Return the app of `apps` that `target` names; raise `AppChoiceError` if none or several match."""
    if not apps:
        raise AppChoiceError(_without_apps(target.module))
    found = [app for app in apps if target.environment in ("", app.environment.name)]
    if not found:
        names = sorted({app.environment.name for app in apps})
        raise AppChoiceError(f"{target.module!r} has no environment {target.environment!r}; it has {_listed(names)}")
    named = [app for app in found if target.app in ("", app.name)]
    if not named:
        names = sorted({app.name for app in found})
        raise AppChoiceError(f"{target.module!r} has no app {target.app!r}; it has {_listed(names)}")
    if len(named) > 1:
        raise AppChoiceError(_ambiguous(target.module, named))
    return named[0]


def _without_apps(module: str) -> str:
    loaded = sys.modules.get(module)
    if loaded is not None and getattr(loaded, "__file__", None) is None:
        return f"{module!r} is a folder that is not a package; name the file in it that defines the app"
    return f"{module!r} defines no app; create one at its top level with coco.App(...)"


def _ambiguous(module: str, apps: list[AnyApp]) -> str:
    names = sorted({app.name for app in apps})
    if len(names) > 1:
        return f"{module!r} has several apps, {_listed(names)}; say which one, as in {module}:{names[0]}"
    environments = sorted(app.environment.name for app in apps)
    return (
        f"{module!r} has an app {names[0]!r} in each of the environments {_listed(environments)}; "
        f"say which one, as in {module}:{names[0]}@{environments[0]}"
    )


def _listed(names: list[str]) -> str:
    return ", ".join(map(repr, names))
