"""Secrets, and tokens that somebody else obtained."""

from __future__ import annotations

import threading

from . import _logs, _native
from ._record import record
from ._values import duration, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import timedelta
    from typing import NoReturn

    from ._forms import TokenSource


class Secret:
    """A text that must not be shown, such as a private key or an access token.

    It prints as redacted, is not pickled, and is read with `expose`, the one word to look for in a review.
    """

    __slots__ = ("_native",)

    def __init__(self, value: str) -> None:
        self._native = _native.Secret(text("secret", value))

    @classmethod
    def _lift(cls, native: _native.Secret) -> Secret:
        secret = cls.__new__(cls)
        secret._native = native
        return secret

    def expose(self) -> str:
        """The secret itself."""
        return self._native.expose()

    def __repr__(self) -> str:
        return "Secret([redacted])"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not pickled: pass what it exposes, if you must")


@record(frozen=True)
class SuppliedToken:
    """A token from a token source.

    - `token`: the token, bare: without `Bearer` before it
    - `lifetime`: how long it still lives, in seconds. `None`: it is used until Bootpay refuses it.
    """

    token: str | Secret
    lifetime: float | timedelta | None = None

    def __repr__(self) -> str:
        return f"SuppliedToken([redacted], lifetime={self.lifetime!r})"


class TokenSourceError(Exception):
    """What a token source raises to say why there is no token: its text is told in `TokenUnavailable`.

    It must hold no secret. What else a source raises is told by its type alone.
    """


def expose(field: str, value: object) -> str:
    """What a caller gave as a key."""
    return value.expose() if isinstance(value, Secret) else text(field, value)


class _Asked:
    """A question to a token source, and its answer."""

    def __init__(self) -> None:
        self._answered = threading.Event()
        self._given: _native.SuppliedToken | str = "the process is ending"

    def answer(self, given: _native.SuppliedToken | str) -> None:
        """Gives the token, or why there is none. The first answer counts."""
        if not self._answered.is_set():
            self._given = given
            self._answered.set()

    def wait(self) -> _native.SuppliedToken:
        """Waits for the answer."""
        self._answered.wait()
        if isinstance(self._given, str):
            raise _native.TokenSourceError.Failed(detail=self._given)  # type: ignore[attr-defined]
        return self._given


_asked: set[_Asked] = set()


def give_up() -> None:
    """Waits for no source any more: the process is ending.

    A source that goes on runs on a thread of Python's alone, which an interpreter that goes away may stop anywhere. The
    library's own thread must not be in Python then.
    """
    for question in list(_asked):
        question.answer("the process is ending")


class ForeignSource(_native.TokenSource):
    """A token source as the library calls it."""

    def __init__(self, source: TokenSource) -> None:
        self._source = source

    def token(self, refused: _native.Secret | None) -> _native.SuppliedToken:
        """Asks the source on a thread of its own, and turns whatever goes wrong into the one error that can cross."""
        question = _Asked()
        _asked.add(question)
        try:
            asking = threading.Thread(
                target=lambda: question.answer(self._ask(refused)), name="bootpay-token-source", daemon=True
            )
            asking.start()
            return question.wait()
        except RuntimeError:
            raise _native.TokenSourceError.Failed(detail="no thread is to be had") from None  # type: ignore[attr-defined]
        finally:
            _asked.discard(question)

    def _ask(self, refused: _native.Secret | None) -> _native.SuppliedToken | str:
        try:
            supplied = self._source(None if refused is None else Secret._lift(refused))
            if not isinstance(supplied, SuppliedToken):
                supplied = SuppliedToken(supplied)
            return _native.SuppliedToken(
                token=_native.Secret(expose("token", supplied.token)),
                lifetime=duration("lifetime", supplied.lifetime),
            )
        except BaseException as error:
            told = isinstance(error, TokenSourceError)
            detail = str(error) if told else f"the token source raised {type(error).__name__}"
            # Its words are told by the error, where the library has blotted out what it knows to be secret.
            _logs.logger("token").warning("the token source raised %s", type(error).__name__)
            return detail.encode("utf-8", "replace").decode()
