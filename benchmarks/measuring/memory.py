"""The peak memory of a process."""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path


def peak() -> int:
    """Returns the most memory, in bytes, that this process has used since it started.

    On Linux this is VmHWM, which starts at zero in a new program. `ru_maxrss` does not: a child's value starts at its
    parent's, even after exec. macOS has no such inheritance, and counts bytes where others count kilobytes.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    kilobytes = re.search(r"VmHWM:\s*(\d+) kB", status)
    assert kilobytes, "/proc/self/status has no VmHWM"
    return 1024 * int(kilobytes[1])
