"""Records: frozen dataclasses that cost nothing until somebody looks at them as such.

`dataclasses` takes longer to import than everything else here together, and most programs only read a record's members.
So a class becomes a dataclass when it is first shown, compared, made by hand or asked for its fields, and is then one
like any other.
"""

from __future__ import annotations

import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import dataclass as record
    from dataclasses import field
    from typing import Any, Callable, TypeVar

    _T = TypeVar("_T")

    def filled(kind: type[_T]) -> type[_T]:
        """For a type checker, the class itself."""

else:

    def filled(kind: type) -> Any:
        """Makes a record of what comes out of the library, without looking at it: all members, by name."""

        def fill(**members: Any) -> Any:
            made = object.__new__(kind)
            made.__dict__.update(members)
            return made

        return fill

    def field(**options: Any) -> Any:
        """As `dataclasses.field`."""
        return _Field(options)

    def record(*, frozen: bool) -> Any:
        """As `dataclasses.dataclass(frozen=True)`."""

        def later(kind: Any) -> Any:
            kind.__match_args__ = tuple(kind.__annotations__)
            put = {name: _placeholder(name) for name in _METHODS if name not in vars(kind)}
            put.update({name: _Asked(name) for name in ("__dataclass_fields__", "__signature__")})
            for name, placeholder in put.items():
                setattr(kind, name, placeholder)
            _due[kind] = tuple(put)
            return kind

        return later


__all__ = ["field", "filled", "record"]

_METHODS = ("__init__", "__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__", "__replace__")

_due: dict[type, tuple[str, ...]] = {}
_lock = threading.RLock()


def _become(kind: type) -> None:
    """Makes it the dataclass that it was said to be."""
    import dataclasses

    with _lock:
        placeholders = _due.pop(kind, None)
        if placeholders is None:
            return
        for name in placeholders:
            delattr(kind, name)
        for name, value in list(vars(kind).items()):
            if isinstance(value, _Field):
                setattr(kind, name, dataclasses.field(**value.options))
        dataclasses.dataclass(frozen=True)(kind)


def _placeholder(name: str) -> Callable[..., Any]:
    def placeholder(self: Any, *arguments: Any, **named: Any) -> Any:
        for kind in type(self).__mro__:
            if kind in _due:
                _become(kind)
        method = getattr(type(self), name, None)
        if method is None:
            raise AttributeError(name)
        return method(self, *arguments, **named)

    placeholder.__name__ = name
    return placeholder


class _Asked:
    """What `dataclasses` and `inspect` look for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, kind: type) -> Any:
        for each in kind.__mro__:
            if each in _due:
                _become(each)
        if self._name == "__signature__":
            from inspect import signature

            return signature(kind)
        return getattr(kind, self._name)


class _Field:
    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
