"""How values cross into the library and back: what the generated code stands on.

UniFFI generates helpers of its own, and `slim.py` puts these in their place when the wheel is made. A buffer is copied
out once and read from `bytes`, or put together in a `bytearray` and copied in once; UniFFI's own helpers cross over for
every field. Functions are looked up when they are first called.
"""

from __future__ import annotations

import os
import struct
import sys
from ctypes import CDLL, POINTER, PyDLL, Structure, byref, c_char_p, c_int8, c_int32, c_uint64, c_void_p, string_at
from datetime import datetime, timedelta
from struct import Struct

from ._time import KOREA

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class InternalError(Exception):
    """The two sides do not understand each other, or the library panicked."""


class RustBuffer(Structure):
    """Bytes that the library owns."""

    _fields_ = (("capacity", c_uint64), ("len", c_uint64), ("data", c_void_p))

    if TYPE_CHECKING:
        capacity: int
        len: int
        data: int

    @staticmethod
    def of(content: bytes | bytearray) -> RustBuffer:
        """A copy of what is to cross."""
        content = bytes(content)
        made: RustBuffer = rust_call(_from_bytes, ForeignBytes(len(content), content))
        return made

    def consume(self) -> bytes:
        """What it holds; it is given back."""
        # `string_at` reads up to a zero byte where the length is left out, and nothing where it is 0.
        content = string_at(self.data, self.len) if self.len else b""
        rust_call(_free, self)
        return content


class ForeignBytes(Structure):
    """Bytes that Python owns."""

    _fields_ = (("len", c_int32), ("data", c_char_p))


class RustCallStatus(Structure):
    """How a call into the library went."""

    _fields_ = (("code", c_int8), ("error_buf", RustBuffer))

    if TYPE_CHECKING:
        code: int
        error_buf: RustBuffer

    CALL_SUCCESS = 0
    CALL_ERROR = 1
    CALL_UNEXPECTED_ERROR = 2


def rust_call(function: Any, *arguments: Any) -> Any:
    """Calls a function that gives no error of its own."""
    status = RustCallStatus()
    result = function(*arguments, byref(status))
    if status.code:
        check_call_status(None, status)
    return result


def rust_call_with_error(errors: Any, function: Any, *arguments: Any) -> Any:
    """Calls a function that gives errors, which `errors` reads."""
    status = RustCallStatus()
    result = function(*arguments, byref(status))
    if status.code:
        check_call_status(errors, status)
    return result


def check_call_status(errors: Any, status: RustCallStatus) -> None:
    """Raises what a call gave in the place of a result."""
    if status.code == RustCallStatus.CALL_SUCCESS:
        return
    if status.code == RustCallStatus.CALL_ERROR and errors is not None:
        raise errors.lift(status.error_buf)
    told = status.error_buf.consume().decode("utf-8", "replace")
    raise InternalError(told or f"a call into the library went wrong: {status.code}")


_I8, _I16, _U16, _I32, _U32 = Struct(">b"), Struct(">h"), Struct(">H"), Struct(">i"), Struct(">I")
_I64, _U64, _F32, _F64 = Struct(">q"), Struct(">Q"), Struct(">f"), Struct(">d")


class Reader:
    """Reads what came out of the library, front to back."""

    __slots__ = ("_at", "_content")

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def remaining(self) -> int:
        """How many bytes are left."""
        return len(self._content) - self._at

    def read(self, size: int) -> bytes:
        """The next bytes."""
        at = self._at
        self._at = end = at + size
        if size < 0 or end > len(self._content):
            raise InternalError("read past end of rust buffer")
        return self._content[at:end]

    def _number(self, form: Struct) -> Any:
        at = self._at
        self._at = at + form.size
        return form.unpack_from(self._content, at)[0]

    def read_u8(self) -> int:
        """A byte."""
        at = self._at
        self._at = at + 1
        return self._content[at]

    def read_i32(self) -> int:
        """A length, or which of several."""
        at = self._at
        self._at = at + 4
        number: int = _I32.unpack_from(self._content, at)[0]
        return number

    def read_i64(self) -> int:
        """An amount."""
        at = self._at
        self._at = at + 8
        number: int = _I64.unpack_from(self._content, at)[0]
        return number

    def read_i8(self) -> Any:
        """A number."""
        return self._number(_I8)

    def read_i16(self) -> Any:
        """A number."""
        return self._number(_I16)

    def read_u16(self) -> Any:
        """A number."""
        return self._number(_U16)

    def read_u32(self) -> Any:
        """A number."""
        return self._number(_U32)

    def read_u64(self) -> Any:
        """A number."""
        return self._number(_U64)

    def read_float(self) -> Any:
        """A number."""
        return self._number(_F32)

    def read_double(self) -> Any:
        """A number."""
        return self._number(_F64)


class Writer(bytearray):
    """Puts together what goes into the library."""

    __slots__ = ()

    def write(self, content: bytes) -> None:
        """Bytes as they are."""
        self += content

    def write_u8(self, value: int) -> None:
        """A byte."""
        self.append(value)

    def write_i8(self, value: int) -> None:
        """A number."""
        self += _I8.pack(value)

    def write_i16(self, value: int) -> None:
        """A number."""
        self += _I16.pack(value)

    def write_u16(self, value: int) -> None:
        """A number."""
        self += _U16.pack(value)

    def write_i32(self, value: int) -> None:
        """A number."""
        self += _I32.pack(value)

    def write_u32(self, value: int) -> None:
        """A number."""
        self += _U32.pack(value)

    def write_i64(self, value: int) -> None:
        """A number."""
        self += _I64.pack(value)

    def write_u64(self, value: int) -> None:
        """A number."""
        self += _U64.pack(value)

    def write_float(self, value: float) -> None:
        """A number."""
        self += _F32.pack(value)

    def write_double(self, value: float) -> None:
        """A number."""
        self += _F64.pack(value)


class Converter:
    """Converts what crosses in a buffer. The generated code adds `read` and `write`."""

    if TYPE_CHECKING:
        read: Any
        write: Any

    @classmethod
    def lift(cls, buffer: RustBuffer) -> Any:
        """A value that came out."""
        reader = Reader(buffer.consume())
        try:
            value = cls.read(reader)
        except (IndexError, struct.error) as error:
            raise InternalError("read past end of rust buffer") from error
        if reader.remaining():
            raise InternalError("junk data left in rust buffer")
        return value

    @classmethod
    def lower(cls, value: Any) -> RustBuffer:
        """A value that goes in."""
        writer = Writer()
        cls.write(value, writer)
        return RustBuffer.of(writer)


class StringConverter:
    """Converts texts."""

    @staticmethod
    def check_lower(value: object) -> object:
        """Refuses what is no text."""
        if not isinstance(value, str):
            raise TypeError(f"argument must be str, not {type(value).__name__}")
        return value

    @staticmethod
    def read(reader: Reader) -> str:
        """A text in the midst of others."""
        return reader.read(reader.read_i32()).decode()

    @staticmethod
    def write(value: str, writer: Writer) -> None:
        """A text among others."""
        content = value.encode()
        writer += _I32.pack(len(content))
        writer += content

    @staticmethod
    def lift(buffer: RustBuffer) -> str:
        """A text by itself."""
        return buffer.consume().decode()

    @staticmethod
    def lower(value: str) -> RustBuffer:
        """A text by itself."""
        return RustBuffer.of(value.encode())


# What records mostly consist of is read without a call for each part of it.


class OptionalStringConverter(Converter):
    """Converts texts that may be absent."""

    @staticmethod
    def check_lower(value: object) -> None:
        """Refuses what is neither a text nor absent."""
        if value is not None:
            StringConverter.check_lower(value)

    @staticmethod
    def read(reader: Reader) -> str | None:
        """The next text, or none."""
        content, at = reader._content, reader._at
        if not content[at]:
            reader._at = at + 1
            return None
        start = at + 5
        reader._at = end = start + _I32.unpack_from(content, at + 1)[0]
        if not start <= end <= len(content):
            raise InternalError("read past end of rust buffer")
        return content[start:end].decode()

    @staticmethod
    def write(value: str | None, writer: Writer) -> None:
        """A text, or none."""
        if value is None:
            writer.append(0)
        else:
            writer.append(1)
            StringConverter.write(value, writer)


class OptionalInt64Converter(Converter):
    """Converts amounts that may be absent."""

    @staticmethod
    def check_lower(value: object) -> None:
        """Refuses what is neither a whole number of 64 bits nor absent."""
        if value is not None and (not isinstance(value, int) or not -(2**63) <= value < 2**63):
            raise TypeError(f"argument must be an int of 64 bits, not {type(value).__name__}")

    @staticmethod
    def read(reader: Reader) -> int | None:
        """The next amount, or none."""
        content, at = reader._content, reader._at
        if not content[at]:
            reader._at = at + 1
            return None
        reader._at = at + 9
        amount: int = _I64.unpack_from(content, at + 1)[0]
        return amount

    @staticmethod
    def write(value: int | None, writer: Writer) -> None:
        """An amount, or none."""
        if value is None:
            writer.append(0)
        else:
            writer.append(1)
            writer += _I64.pack(value)


_EPOCH = datetime(1970, 1, 1, 9, tzinfo=KOREA)
_INSTANT = Struct(">qI")


class TimestampConverter(Converter):
    """Converts instants: seconds from 1970, and nanoseconds further from it. In Korean time."""

    @staticmethod
    def check_lower(value: object) -> None:
        """Refuses nothing: only the library makes instants."""

    @staticmethod
    def read(reader: Reader) -> datetime:
        """The next instant."""
        at = reader._at
        reader._at = at + 12
        seconds, nanoseconds = _INSTANT.unpack_from(reader._content, at)
        if seconds < 0:
            return _EPOCH - timedelta(seconds=-seconds, microseconds=nanoseconds / 1000)
        return _EPOCH + timedelta(seconds=seconds, microseconds=nanoseconds / 1000)

    @staticmethod
    def write(value: datetime, writer: Writer) -> None:
        """An instant that goes back with the error that it came with."""
        sign = 1 if value >= _EPOCH else -1
        since = (value - _EPOCH) * sign
        writer += _INSTANT.pack(sign * (since.seconds + since.days * 24 * 3600), since.microseconds * 1000)


# These neither wait nor call back, and are over before another thread could have made use of the interpreter: it is not
# let go for them, which with many threads would cost far more than the call. What begins a call only hands it over.
_SHORT = ("_rustbuffer_", "_fn_clone_", "_fn_method_bootpay_begin_", "_fn_method_started_tell", "_fn_method_ends_")


class Choice:
    """One of an enumeration's. An `enum.Enum` takes as long to make as six plain classes, and no program sees these."""

    __members__: dict[str, Choice]

    def __init_subclass__(cls) -> None:
        cls.__members__ = {}
        for name in [name for name in vars(cls) if not name.startswith("_")]:
            choice = cls()
            choice.name = name
            cls.__members__[name] = choice
            setattr(cls, name, choice)

    def __class_getitem__(cls, name: str) -> Choice:
        return cls.__members__[name]

    if TYPE_CHECKING:
        name: str


class Library:
    """The library's functions, each looked up when it is first called, by what `slim.py` has noted of it."""

    def __init__(self, directory: str, name: str) -> None:
        path = os.path.join(directory, f"lib{name}.{'dylib' if sys.platform == 'darwin' else 'so'}")
        self._letting_go = CDLL(path)
        self._holding = PyDLL(path)
        self._signatures: dict[str, str] = {}
        self._names: dict[str, Any] = {}

    def declare(self, signatures: dict[str, str], names: dict[str, Any]) -> None:
        """Notes what every function takes and gives, as texts in terms of `names`."""
        self._signatures, self._names = signatures, names
        global _from_bytes, _free
        (prefix,) = {name.partition("_rustbuffer_")[0] for name in signatures if "_rustbuffer_" in name}
        _from_bytes = getattr(self, f"{prefix}_rustbuffer_from_bytes")
        _free = getattr(self, f"{prefix}_rustbuffer_free")

    def __getattr__(self, name: str) -> Any:
        if name not in self._signatures:
            raise AttributeError(name)
        library = self._holding if any(part in name for part in _SHORT) else self._letting_go
        function = getattr(library, name)
        function.argtypes, function.restype = eval(self._signatures[name], self._names)
        setattr(self, name, function)
        return function


_from_bytes: Any = None
_free: Any = None

StatusPointer = POINTER(RustCallStatus)
