"""The shared library by its C functions: toolreward.h in ctypes. Nothing here knows what a reward is."""

from __future__ import annotations

import ctypes
import os
import sys
from array import array
from ctypes import POINTER, byref, c_char, c_char_p, c_int32, c_size_t, c_uint64, c_void_p
from typing import Any, List, Sequence, Tuple, Union

_NAME = "libToolRewardC.dylib" if sys.platform == "darwin" else "libToolRewardC.so"


class ToolRewardError(Exception):
    """A caller's mistake: what was asked for does not exist or cannot be used. Never raised because of a completion.

    Attributes:
        code: the code of toolreward.h.
    """

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> Tuple[Any, ...]:
        return type(self), (str(self), self.code)


class _Error(ctypes.Structure):
    _fields_ = [("code", c_int32), ("message", c_char * 1020)]


def _load() -> Tuple[ctypes.CDLL, str]:
    named = os.environ.get("TOOLREWARD_LIBRARY")
    path = named or os.path.join(os.path.dirname(os.path.abspath(__file__)), _NAME)
    try:
        library = ctypes.CDLL(path)
    except OSError as error:
        mend = (
            "TOOLREWARD_LIBRARY names it"
            if named
            else "install the wheel (pip wheel Sources/ToolRewardC/Python), or name the library in TOOLREWARD_LIBRARY"
        )
        raise ImportError(f"toolreward's library cannot be loaded: {error}; {mend}") from error
    text, size, handle, failure = c_char_p, c_size_t, c_uint64, POINTER(_Error)
    made, given, length = POINTER(c_uint64), POINTER(c_void_p), POINTER(c_size_t)
    results = [c_void_p, c_void_p, size, given, length, failure]
    for name, arguments in {
        "toolreward_policy_create": [text, size, made, failure],
        "toolreward_policy_describe": [handle, given, length, failure],
        "toolreward_component_count": [handle, length, failure],
        "toolreward_tools_create": [text, size, made, failure],
        "toolreward_task_create": [handle, text, size, handle, made, failure],
        "toolreward_release": [handle, failure],
        "toolreward_score": [handle, text, size, c_void_p, c_void_p, size, given, length, failure],
        "toolreward_score_batch": [handle, c_void_p, size, c_void_p, size, c_void_p, size, size, *results],
        "toolreward_score_texts": [handle, c_void_p, size, c_void_p, c_void_p, size, size, *results],
        "toolreward_score_samples": [
            handle, c_void_p, c_void_p, c_void_p, c_void_p, text, c_void_p, size, size, size, c_void_p, c_void_p, size, given, length, failure
        ],
        "toolreward_score_records": [handle, text, size, size, given, length, failure],
    }.items():
        function = getattr(library, name)
        function.argtypes, function.restype = arguments, c_int32
    library.toolreward_free.argtypes, library.toolreward_free.restype = [c_void_p], None
    library.toolreward_version.argtypes, library.toolreward_version.restype = [], c_char_p
    return library, path


library, _path = _load()

# Asks CPython's strings themselves where their UTF-8 is; it calls back into Python, so the GIL is kept.
_gather = None
if sys.implementation.name == "cpython":
    _gather = ctypes.PyDLL(_path).toolreward_gather_texts
    _gather.argtypes, _gather.restype = [c_void_p, c_size_t, c_void_p, c_void_p, c_void_p], c_size_t
    _text_of = ctypes.cast(ctypes.pythonapi.PyUnicode_AsUTF8AndSize, c_void_p).value


def call(function: Any, *arguments: Any) -> None:
    """Calls a function of the library; raises ToolRewardError with its message if it fails."""
    error = _Error()
    if function(*arguments, byref(error)):
        raise ToolRewardError(error.message.decode(), error.code)


def create(function: Any, *arguments: Any) -> int:
    """Calls a function that makes a handle."""
    handle = c_uint64()
    call(function, *arguments, byref(handle))
    return handle.value


def take(function: Any, *arguments: Any) -> bytes:
    """Calls a function that gives text."""
    text, length = c_void_p(), c_size_t()
    call(function, *arguments, byref(text), byref(length))
    return taken(text, length)


def taken(text: c_void_p, length: c_size_t) -> bytes:
    """Copies text of the library's and frees it."""
    try:
        return ctypes.string_at(text, length.value)
    finally:
        library.toolreward_free(text)


def release(handle: int) -> None:
    """Gives a handle up. Never raises: it runs when objects go."""
    library.toolreward_release(handle, None)


class Texts:
    """Many texts for the library to read, for as long as this lives.

    Attributes:
        wrong: which are no texts, because UTF-8 has no bytes for lone surrogates; they are empty.
    """

    __slots__ = ("wrong", "_texts", "_lengths", "_owner")

    def __init__(self, parts: Sequence[Union[str, bytes]]) -> None:
        """Raises TypeError if one is neither str nor bytes."""
        self.wrong: List[int] = []
        parts = tuple(parts)
        self._owner: Any = parts
        count = len(parts)
        self._texts, self._lengths = array("Q", bytes(8 * count)), array("Q", bytes(8 * count))
        if _gather is not None:
            try:
                # In CPython the identity of an object is its address.
                objects = array("Q", map(id, parts))
                _gather(_address(objects), count, _text_of, _address(self._texts), _address(self._lengths))
                return
            except (TypeError, UnicodeEncodeError):  # bytes, lone surrogates, or no text at all
                pass
        encoded = []
        for place, part in enumerate(parts):
            try:
                encoded.append(part if isinstance(part, bytes) else str.encode(part))
            except UnicodeEncodeError:
                encoded.append(b"")
                self.wrong.append(place)
        self._owner = encoded
        self._texts = array("Q", [ctypes.cast(c_char_p(part), c_void_p).value or 0 for part in encoded])
        self._lengths = array("Q", map(len, encoded))

    @property
    def arguments(self) -> Tuple[int, int]:
        """The addresses of the texts and of their lengths, as the C functions take them."""
        return _address(self._texts), _address(self._lengths)


def _address(numbers: "array[Any]") -> int:
    return numbers.buffer_info()[0]
