"""`TargetSuite`: the tests that every target connector must pass. Testing kit."""

from __future__ import annotations

from .app_checks import AppChecks
from .attachment_checks import AttachmentChecks
from .batch_checks import BatchChecks
from .container_checks import ContainerChecks
from .crash_checks import CrashChecks
from .foreign_checks import ForeignChecks
from .item_checks import ItemChecks
from .key_checks import KeyChecks
from .outage_checks import OutageChecks
from .reconcile_checks import ReconcileChecks
from .schema_checks import SchemaChecks
from .user_checks import UserChecks


class TargetSuite(
    ItemChecks,
    KeyChecks,
    ReconcileChecks,
    BatchChecks,
    CrashChecks,
    ContainerChecks,
    ForeignChecks,
    UserChecks,
    SchemaChecks,
    AttachmentChecks,
    AppChecks,
    OutageChecks,
):
    """To use it, derive a class whose name begins with `Test`, and define a fixture `driver`.

    Each test runs an app that declares items, with its store below `tmp_path`, and compares what the target then holds
    with what was declared. Checks of capabilities that the driver does not claim are skipped. Without pytest, use
    `run_suite`.
    """
