"""Values that cannot be keys, parts of memo keys, or stored. Below every layer, behind `cocoindex.errors`."""

from __future__ import annotations

# The rest of `pickle` takes longer to import than all of this.
from _pickle import UnpicklingError

from .base import CocoIndexError


class InvalidStableKeyError(CocoIndexError, TypeError):
    """A value cannot be a key, or a part of a path."""


class MalformedKeyError(CocoIndexError, ValueError):
    """Bytes in the store are not an encoded key."""


class StablePathSyntaxError(CocoIndexError, ValueError):
    """A text is not a valid stable path."""


class MemoKeyError(CocoIndexError, TypeError):
    """A value cannot be part of a memo key.

    Attributes:
        value_type: the type of the value.
        parameter, function: which argument of which function it is; None where it is not an argument.
        path: where in the argument the value lies, like `[0].field`; empty for the argument itself.
        cause: why it cannot be encoded.
    """

    def __init__(self, value_type: type, cause: str) -> None:
        self.value_type = value_type
        self.parameter: str | None = None
        self.function: str | None = None
        self.path = ""
        self.cause = cause
        super().__init__(value_type, cause)

    def within(self, step: str) -> None:
        """Note that the value lies inside another one, at `step` of it."""
        self.path = step + self.path

    def of_argument(self, parameter: str, function: str, path: str) -> None:
        """Note which argument of which function the value is, or lies in at `path`."""
        self.parameter = parameter
        self.function = function
        self.path = path

    def __str__(self) -> str:
        name = f"{self.value_type.__module__}.{self.value_type.__qualname__}"
        argument = f"argument {self.parameter!r} of {self.function}" if self.parameter is not None else ""
        where = ", ".join(filter(None, (argument, f"at {self.path}" if self.path else "")))
        where = f" ({where})" if where else ""
        return (
            f"a value of type {name}{where} cannot be part of a memo key: {self.cause}; give the class a "
            "__coco_memo_key__() method, or call coco.register_memo_key_function(type, key_fn), or leave the argument "
            "out or transform it with @coco.fn(memo_key={'parameter': None or a function})"
        )


class MemoKeyRegistrationError(CocoIndexError, TypeError):
    """A memo key function or a memo type id was registered wrongly."""


class SerializationError(CocoIndexError, TypeError):
    """A value cannot be stored.

    Attributes:
        path: where in the value the culprit lies, like `[0].field`; empty for the value itself.
    """

    def __init__(self, what: str, path: str, cause: str) -> None:
        self.path = path
        where = f" (at {path} of the value)" if path else ""
        super().__init__(f"{what}{where} cannot be stored: {cause}")

    def of(self, whose: str) -> SerializationError:
        """The same error, which also says what the value is and where it comes from."""
        error = SerializationError(whose, "", str(self))
        error.path = self.path
        return error


class DeserializationError(CocoIndexError, ValueError):
    """A stored value cannot be read as the annotated type."""


class StoredShapeError(DeserializationError):
    """The class of a stored value has another shape than when it was stored: fields, their order or types, members.

    Attributes:
        names: the classes that the stored value was made of.
    """

    def __init__(self, names: str) -> None:
        self.names = names
        super().__init__(
            f"what is stored was written with another shape of {names}: fields, their order or types, or the members "
            "of an Enum have changed since"
        )


class ForbiddenGlobalError(DeserializationError, UnpicklingError):
    """A pickle names something that is not on the list of allowed globals."""

    def __init__(self, module: str, name: str) -> None:
        super().__init__(
            f"Forbidden global during unpickling: {module}.{name}; where it is a class of yours, make it a dataclass "
            "or a NamedTuple, or register it with @coco.serialize_by_pickle (@coco.unpickle_safe to read old values)"
        )
