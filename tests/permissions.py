"""File permissions that root obeys as well, so that an unreadable file can be tested by any user."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

IGNORE_PERMISSIONS = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH of capabilities(7)
VERSION = 0x20080522


@contextmanager
def obeyed() -> Iterator[None]:
    """Takes from root the capabilities to ignore file permissions, and gives them back."""
    if os.geteuid() != 0 or not sys.platform.startswith("linux"):
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(VERSION, 0)
    before = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice
    assert libc.capget(header, before) == 0
    without = (ctypes.c_uint32 * 6)(*before)
    without[0] &= ~IGNORE_PERMISSIONS
    assert libc.capset(header, without) == 0
    try:
        yield
    finally:
        assert libc.capset(header, before) == 0
