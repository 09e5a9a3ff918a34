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


def _become(kind: Any) -> None:
    """Makes it the dataclass that it was said to be.

    `dataclasses` only writes where there is nothing yet, and for a moment other threads would see `object`'s methods.
    So a twin becomes the dataclass, and what it has then takes the placeholders' places, one by one.
    """
    import dataclasses

    with _lock:
        placeholders = _due.get(kind)
        if placeholders is None:
            return
        left_out = {*_OF_ITS_OWN, *placeholders}
        space = {name: value for name, value in vars(kind).items() if name not in left_out}
        fields = {name: value for name, value in space.items() if isinstance(value, _Field)}
        space.update({name: dataclasses.field(**value.options) for name, value in fields.items()})
        twin = dataclasses.dataclass(frozen=True)(type(kind)(kind.__name__, kind.__bases__, space))
        made = {name: value for name, value in vars(twin).items() if name not in _OF_ITS_OWN}
        # The two that mean their class, and would mean the twin.
        made["__setattr__"], made["__delattr__"] = _frozen(kind, tuple(twin.__dataclass_fields__))
        for name, value in made.items():
            if vars(kind).get(name, _ABSENT) is not value:
                setattr(kind, name, value)
        for name in (*fields, *placeholders):
            if name not in made:
                delattr(kind, name)
        del _due[kind]


_ABSENT = object()
_OF_ITS_OWN = ("__dict__", "__weakref__")


def _frozen(kind: Any, fields: tuple[str, ...]) -> tuple[Callable[..., None], Callable[..., None]]:
    from dataclasses import FrozenInstanceError

    def set_attribute(self: Any, name: str, value: Any) -> None:
        """As frozen dataclasses do it."""
        if type(self) is kind or name in fields:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(kind, self).__setattr__(name, value)

    def delete_attribute(self: Any, name: str) -> None:
        """As frozen dataclasses do it."""
        if type(self) is kind or name in fields:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(kind, self).__delattr__(name)

    for method, name in ((set_attribute, "__setattr__"), (delete_attribute, "__delattr__")):
        method.__name__, method.__qualname__ = name, f"{kind.__qualname__}.{name}"
        method.__module__ = kind.__module__
    return set_attribute, delete_attribute


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
