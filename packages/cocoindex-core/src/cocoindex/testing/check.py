"""`check`: marks a test of a suite, skips it if the driver does not claim it, and records its outcome. Testing kit."""

from __future__ import annotations

import importlib.metadata
import time
import unittest
import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from ..errors import ConnectorKitError
from .capability import Capability
from .report import CheckResult, Outcome, report_on

TestT = TypeVar("TestT", bound=Callable[..., None])

#: The minor version of core from which the newest checks fail.
SUITE_VERSION = "0.2"


def check(capability: Capability, *, fails_from: str = "") -> Callable[[TestT], TestT]:
    """Make a method of a suite one of its checks.

    Args:
        capability: the capability that a driver must claim; otherwise the check is skipped.
        fails_from: the minor version of core from which a failure counts for all drivers. Before, a failure counts for
            drivers with this or a later `suite_version`, and is a warning for all others.
    """

    def decorate(test: TestT) -> TestT:
        @wraps(test)
        def run(self: Any, driver: Any, tmp_path: Any) -> None:
            started = time.perf_counter()
            outcome, reason = Outcome.FAILED, ""
            try:
                _run(test, capability, fails_from, self, driver, tmp_path)
                outcome = Outcome.PASSED
            except unittest.SkipTest as skipped:
                outcome, reason = Outcome.SKIPPED, str(skipped)
                raise
            except _Warned as warned:
                outcome, reason = Outcome.WARNED, str(warned)
                _warn(reason)
            except BaseException as error:
                reason = f"{type(error).__name__}: {error}"
                raise
            finally:
                seconds = time.perf_counter() - started
                claimed = capability.is_claimed(driver)
                result = CheckResult(test.__name__, capability, claimed, outcome, reason, seconds)
                self.cocoindex_report = report_on(type(self), driver, [result])

        run.__cocoindex_check__ = capability  # type: ignore[attr-defined]  # the pytest plugin looks for it
        return cast(TestT, run)

    return decorate


class _Warned(Exception):
    """A check failed whose failures do not count yet."""


def _run(
    test: Callable[..., None], capability: Capability, fails_from: str, self: Any, driver: Any, folder: Any
) -> None:
    if not capability.is_claimed(driver):
        raise unittest.SkipTest(f"not claimed: the driver does not define `{capability.member}`")
    try:
        test(self, driver=driver, tmp_path=folder)
    except unittest.SkipTest:
        raise
    except Exception as error:
        if not fails_from or _counts(fails_from, driver):
            raise
        raise _Warned(
            f"{test.__name__} fails, which is an error from cocoindex-core {fails_from} on (and at once with "
            f'suite_version = "{fails_from}" in the driver): {type(error).__name__}: {error}'
        ) from error


def _counts(fails_from: str, driver: Any) -> bool:
    said = getattr(driver, "suite_version", "0.1")
    return max(_minor(said), _minor(importlib.metadata.version("cocoindex-core"))) >= _minor(fails_from)


def _minor(version: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in version.split(".")[:2])
    except (AttributeError, ValueError):
        raise ConnectorKitError(
            f'suite_version of a driver is a version of cocoindex-core such as "{SUITE_VERSION}", not {version!r}'
        ) from None


def _warn(reason: str) -> None:
    """Warn, even where warnings are errors: the driver was correct for the version it was written for."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", FutureWarning)
        warnings.warn(reason, FutureWarning, stacklevel=4)
