"""The resources of one call (`resources=`), for runners that place calls. Layer: _function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cocoindex._shown import shown

from ..errors import FunctionDefinitionError, FunctionDefinitionTypeError

_UNITS: Final = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12} | {
    "KIB": 2**10,
    "MIB": 2**20,
    "GIB": 2**30,
    "TIB": 2**40,
}
# Names used by other systems: as a custom resource, such a name would be ignored or never be found.
_OTHER_NAMES: Final = {
    **dict.fromkeys(("cpu", "cpus", "num_cpu", "num_cpus"), "cpus"),
    **dict.fromkeys(("gpu", "gpus", "num_gpu", "num_gpus"), "gpus"),
    **dict.fromkeys(("mem", "memory", "ram"), "memory"),
}


def checked_resources(resources: Any) -> dict[str, float]:
    """Return the amounts by name; `memory` in bytes.

    Raises:
        FunctionDefinitionTypeError: (a TypeError) it is not a dict of names to amounts.
        FunctionDefinitionError: (a ValueError) an amount is negative, infinite or not an amount of memory; or a name
            means CPUs, GPUs or memory in another system.
    """
    if resources is None:
        return {}
    if not isinstance(resources, Mapping) or not all(isinstance(name, str) for name in resources):
        raise FunctionDefinitionTypeError(
            f"resources is a dict such as {{'gpus': 1, 'cpus': 2, 'memory': '4GB'}}, not {shown(resources)}"
        )
    for name, amount in resources.items():
        right = _OTHER_NAMES.get(name.lower(), name)
        if name != right:
            raise FunctionDefinitionError(f"{name!r} in resources is called {right!r} here")
        if name == "memory":
            continue
        if not isinstance(amount, int | float) or isinstance(amount, bool):
            raise FunctionDefinitionTypeError(f"the amount of {name!r} in resources is a number, not {shown(amount)}")
        if not 0 <= amount < float("inf"):
            raise FunctionDefinitionError(f"the amount of {name!r} in resources is {amount}; it must be at least 0")
    return {name: memory_in_bytes(amount) if name == "memory" else amount for name, amount in resources.items()}


def memory_in_bytes(amount: object) -> int:
    """Return an amount of memory in bytes, from a number of bytes or a text such as `"4GB"` or `"512 MiB"`.

    Raises:
        FunctionDefinitionTypeError: (a TypeError) it is neither.
        FunctionDefinitionError: (a ValueError) the text is not such an amount, or the amount is negative.
    """
    number: float
    if isinstance(amount, str):
        text = amount.strip().upper()
        digits = text.rstrip("KMGTIB ")
        unit = text[len(digits) :].strip()
        try:
            number = float(digits) * _UNITS[unit]
        except (KeyError, ValueError):
            raise FunctionDefinitionError(
                f"{shown(amount)} is not an amount of memory; write '4GB' or '512MiB'"
            ) from None
    elif isinstance(amount, int | float) and not isinstance(amount, bool):
        number = amount
    else:
        raise FunctionDefinitionTypeError(f"an amount of memory is a number of bytes or a str, not {shown(amount)}")
    if not 0 <= number < float("inf"):
        raise FunctionDefinitionError(f"{shown(amount)} is not an amount of memory; it must be at least 0")
    return int(number)
