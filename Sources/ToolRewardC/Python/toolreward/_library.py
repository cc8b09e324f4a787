"""The shared library by its C functions: toolreward.h in ctypes. Nothing here knows what a reward is."""

from __future__ import annotations

import ctypes
import io
import os
import sys
from array import array
from ctypes import POINTER, byref, c_char, c_char_p, c_int32, c_size_t, c_uint64, c_void_p
from itertools import accumulate
from typing import List, Sequence, Tuple, Union

_NAME = "libToolRewardC.dylib" if sys.platform == "darwin" else "libToolRewardC.so"


class ToolRewardError(Exception):
    """A caller's mistake: what was asked for does not exist or cannot be used. Never raised because of a completion.

    Attributes:
        code: the code of toolreward.h.
    """

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self):
        return type(self), (str(self), self.code)


class _Error(ctypes.Structure):
    _fields_ = [("code", c_int32), ("message", c_char * 1020)]


def _load() -> ctypes.CDLL:
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
    text, size, handle, error = c_char_p, c_size_t, c_uint64, POINTER(_Error)
    made, given, length = POINTER(c_uint64), POINTER(c_void_p), POINTER(c_size_t)
    for name, arguments in {
        "toolreward_policy_create": [text, size, made, error],
        "toolreward_policy_describe": [handle, given, length, error],
        "toolreward_component_count": [handle, length, error],
        "toolreward_tools_create": [text, size, made, error],
        "toolreward_task_create": [handle, text, size, handle, made, error],
        "toolreward_release": [handle, error],
        "toolreward_score": [handle, text, size, c_void_p, c_void_p, size, given, length, error],
        "toolreward_score_batch": [
            handle, c_void_p, size, c_void_p, size, c_void_p, size, size, c_void_p, c_void_p, size, given, length, error,
        ],
        "toolreward_score_records": [handle, text, size, size, given, length, error],
    }.items():
        function = getattr(library, name)
        function.argtypes, function.restype = arguments, c_int32
    library.toolreward_free.argtypes, library.toolreward_free.restype = [c_void_p], None
    library.toolreward_version.argtypes, library.toolreward_version.restype = [], c_char_p
    return library


library = _load()


def call(function, *arguments) -> None:
    """Calls a function of the library; raises ToolRewardError with its message if it fails."""
    error = _Error()
    if function(*arguments, byref(error)):
        raise ToolRewardError(error.message.decode(), error.code)


def create(function, *arguments) -> int:
    """Calls a function that makes a handle."""
    handle = c_uint64()
    call(function, *arguments, byref(handle))
    return handle.value


def take(function, *arguments) -> bytes:
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
    """Room for many texts, one after the other, for the library to read. Kept from one batch to the next: fresh memory of a batch's size
    costs more than the scoring."""

    # A batch larger than this does not keep its room.
    MOST = 64 << 20

    def __init__(self) -> None:
        self._stream = io.BytesIO()

    def fill(self, parts: Sequence[Union[str, bytes]]) -> Tuple[array, int, List[int]]:
        """Takes texts in: gives where each begins, and the end; where the bytes are; and which texts are none, because UTF-8 has no bytes
        for lone surrogates. Raises TypeError if one is neither str nor bytes."""
        stream = self._stream
        stream.seek(0)
        offsets, wrong = array("q", accumulate(map(len, parts), initial=0)), []
        try:
            stream.writelines(map(str.encode, parts))
            is_plain = stream.tell() == offsets[-1]
        except (TypeError, UnicodeEncodeError):
            is_plain = False
        if not is_plain:  # more bytes than characters, lone surrogates, or bytes
            encoded = []
            for place, part in enumerate(parts):
                try:
                    encoded.append(part if isinstance(part, bytes) else str.encode(part))
                except UnicodeEncodeError:
                    encoded.append(b"")
                    wrong.append(place)
            offsets = array("q", accumulate(map(len, encoded), initial=0))
            stream.seek(0)
            stream.writelines(encoded)
        if stream.tell() == 0:
            return offsets, 0, wrong
        with stream.getbuffer() as view:
            return offsets, ctypes.addressof(c_char.from_buffer(view)), wrong

    @property
    def is_worth_keeping(self) -> bool:
        return self._stream.tell() <= self.MOST
