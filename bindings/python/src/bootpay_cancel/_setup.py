"""How a client is set up."""

from __future__ import annotations

import os
import threading
from datetime import timedelta

from . import _logs, _native, _process
from ._errors import NotSent, invalid_input, lift_error
from ._secrets import ForeignSource, Secret, expose
from ._values import duration, flag, pem_or_none, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, NoReturn, TypeVar

    from typing_extensions import Self, Unpack

    from ._forms import Options, TokenSource

    _T = TypeVar("_T")

_SLICE = timedelta(milliseconds=50)
"""How long a blocking call waits at a stretch, on the thread that signals come to, or until the call ends."""

_STRETCH = timedelta(hours=1)
"""The same on other threads, which have no reason to wake up."""


class MemoryJournal:
    """A journal that forgets everything when the process ends, and in a forked child. For tests.

    Each client has one of its own, also where two are given the same object.
    """

    def __repr__(self) -> str:
        return "MemoryJournal()"


class Client:
    """What the blocking and the asyncio client have in common: their set-up and their end."""

    if TYPE_CHECKING:
        _name: str
        _handle: _native.Bootpay | None
    # What a client shows that could not be made.
    _name = "?"
    _handle = None

    def __init__(self, application_id: str, private_key: str | Secret, **options: Unpack[Options]) -> None:
        """With an application id and its private key, from Bootpay's console."""
        self._name = text("application_id", application_id)
        config = _config(options)
        # No key in a variable: tools that report errors show the variables of every frame.
        self._handle = translated(
            lambda: _native.Bootpay.with_key_pair(self._name, expose("private_key", private_key), config)
        )

    @classmethod
    def with_basic_pair(cls, client_key: str, secret_key: str | Secret, **options: Unpack[Options]) -> Self:
        """A client with a client key and its secret key, which the v2 dialect knows."""
        made = cls.__new__(cls)
        made._name = text("client_key", client_key)
        config = _config(options)
        made._handle = translated(
            lambda: _native.Bootpay.with_basic_pair(made._name, expose("secret_key", secret_key), config)
        )
        return made

    @classmethod
    def with_token_source(cls, source: TokenSource, *, scope: str, **options: Unpack[Options]) -> Self:
        """A client whose tokens come from somewhere else; see `TokenSource`.

        `scope` names the merchant that they belong to: always the same for the same merchant, different for every
        other.
        """
        if not callable(source):
            raise invalid_input(
                "source",
                f"is a {type(source).__name__}",
                "a function that gives a token",
                "토큰을 돌려주는 함수를 넣어 주세요.",
            )
        made = cls.__new__(cls)
        made._name = text("scope", scope)
        config = _config(options)
        made._handle = translated(lambda: _native.Bootpay.with_token_source(ForeignSource(source), made._name, config))
        return made

    def _open(self) -> _native.Bootpay:
        if self._handle is None:
            raise NotSent(
                "nothing was sent: the client is closed",
                kind="not_sent.closed",
                hint="닫힌 클라이언트입니다. 새로 만들어 같은 요청을 다시 해 주세요.",
                hint_english="make a new client, and make the same call again",
            )
        _logs.listen()
        _process.see_to_the_end()
        return self._handle

    def _close(self) -> None:
        self._handle = None

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client is neither copied nor pickled: share it, and make another one in another process")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._name}{' (closed)' if self._handle is None else ''}>"


def translated(call: Callable[[], _T]) -> _T:
    """What the call gives, or its error in the package's own types."""
    try:
        return call()
    except (_native.BootpayError, _native.InternalError) as error:
        raise lift_error(error) from None


def ended(start: Callable[[], _native.Started]) -> Any:
    """Waits for a call, and gives what came of it: a record with one member.

    The main thread comes back to the interpreter now and then, so that a signal's handler is called. What that raises
    leaves the call: a read is aborted, a cancel is carried out to its end, a bulk is stopped.
    """
    patience = _SLICE if threading.current_thread() is threading.main_thread() else _STRETCH
    try:
        call = start()
        try:
            while True:
                end = call.wait(patience)
                if end is not None:
                    return end
        except BaseException:
            call.leave()
            raise
    except (_native.BootpayError, _native.InternalError) as error:
        raise lift_error(error) from None


def _config(options: Any) -> _native.Config:
    options = dict(options)
    take = options.pop
    config = _native.Config(
        environment=_environment(take("environment", None), take("base_url", None)),
        dialect=_dialect(take("dialect", None)),
        journal=_journal(take("journal", None)),
        connect_timeout=duration("timeouts.connect", take("connect_timeout", None)),
        cancel_timeout=duration("timeouts.cancel", take("cancel_timeout", None)),
        lookup_timeout=duration("timeouts.lookup", take("lookup_timeout", None)),
        token_timeout=duration("timeouts.token", take("token_timeout", None)),
        idle_timeout=duration("timeouts.idle", take("idle_timeout", None)),
        wait_for_others=duration("timeouts.wait_for_others", take("wait_for_others", None)),
        nobody_else_cancels=flag("nobody_else_cancels", take("nobody_else_cancels", False)),
        server_honours_cancel_id_for=duration(
            "server_honours_cancel_id_for", take("server_honours_cancel_id_for", None)
        ),
        look_before_partial=flag("look_before_partial", take("look_before_partial", True)),
        proxy=_proxy(take("proxy", "environment")),
        ca_bundle=pem_or_none("ca_bundle", take("ca_bundle", None)),
    )
    if options:
        raise invalid_input(
            next(iter(options)),
            "is not known",
            "an option of the client's; see help(Bootpay)",
            "없는 설정입니다. help(Bootpay)에서 이름을 확인해 주세요.",
        )
    return config


def _environment(name: object, base_url: object) -> _native.Environment | None:
    kinds = _native.Environment
    if base_url is not None:
        if name is not None:
            raise invalid_input(
                "base_url",
                "does not fit the rest",
                "either a base_url or an environment",
                "base_url과 environment 가운데 하나만 넣어 주세요.",
            )
        return kinds.CUSTOM(text("base_url", base_url))  # type: ignore[return-value]
    if name is None:
        return None
    known = {"production": kinds.PRODUCTION, "development": kinds.DEVELOPMENT, "test": kinds.TEST, "stage": kinds.STAGE}
    if name not in known:
        names = ", ".join(known)
        raise invalid_input("environment", "is not known", f"one of {names}", f"{names} 가운데 하나를 넣어 주세요.")
    return known[str(name)]()  # type: ignore[return-value, no-untyped-call]


def _dialect(name: object) -> _native.Dialect | None:
    return None if name is None else _named(_native.Dialect, "dialect", name)


def _named(kind: Any, field: str, name: object) -> Any:
    if not isinstance(name, str) or name.upper() not in kind.__members__:
        names = ", ".join(kind.__members__).lower()
        raise invalid_input(field, "is not known", f"one of {names}", f"{names} 가운데 하나를 넣어 주세요.")
    return kind[name.upper()]


def _journal(place: object) -> _native.JournalPlace | None:
    if place is None:
        return None
    if isinstance(place, MemoryJournal):
        return _native.JournalPlace.MEMORY()  # type: ignore[return-value, no-untyped-call]
    if isinstance(place, (str, Secret)):
        # A URL or a path: the library tells them apart, and says what is wrong with either.
        return _native.JournalPlace.URL(_native.Secret(expose("journal", place)))  # type: ignore[return-value]
    if isinstance(place, os.PathLike):
        return _native.JournalPlace.SQLITE(text("journal", os.fspath(place)))  # type: ignore[return-value]
    raise invalid_input(
        "journal",
        f"is a {type(place).__name__}",
        "a file's path, a postgresql:// URL, or MemoryJournal()",
        "저널 파일의 경로나 postgresql:// URL, MemoryJournal()을 넣어 주세요.",
    )


def _proxy(proxy: object) -> _native.Proxy | None:
    if proxy == "environment":
        return None
    if proxy is None:
        return _native.Proxy.OFF()  # type: ignore[return-value, no-untyped-call]
    return _native.Proxy.URL(_native.Secret(expose("proxy", proxy)))  # type: ignore[return-value]
