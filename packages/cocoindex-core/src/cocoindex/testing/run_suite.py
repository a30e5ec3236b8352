"""Runs a suite without pytest: from unittest, a script, a notebook. Testing kit."""

from __future__ import annotations

import inspect
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .report import SuiteReport, report_on


def run_suite(suite: type, make_driver: Callable[[Path], Any], *checks: str) -> SuiteReport:
    """Run the checks of a suite, each with a new driver and in a new folder, which is removed afterwards.

    Args:
        suite: `TargetSuite`, `SourceSuite`, `LiveSourceSuite`, or a class derived from one of these.
        make_driver: creates the driver for one check, given an empty folder that the driver may use.
        checks: the names of the checks to run; by default all.

    Returns:
        The report. Exceptions of checks are reported, not raised: use `assert not report.failures`.
    """
    names = checks or [
        name
        for name, test in inspect.getmembers(suite, inspect.isfunction)
        if name.startswith("test_") and hasattr(test, "__cocoindex_check__")
    ]
    results = []
    driver = None
    for name in names:
        with tempfile.TemporaryDirectory(prefix="cocoindex-suite-") as folder:
            (home := Path(folder, "driver")).mkdir()
            (work := Path(folder, "work")).mkdir()
            instance = suite()
            driver = make_driver(home)
            try:
                getattr(instance, name)(driver=driver, tmp_path=work)
            except (unittest.SkipTest, Exception):
                pass  # the report contains it
            results += instance.cocoindex_report.results
    return report_on(suite, driver, results)
