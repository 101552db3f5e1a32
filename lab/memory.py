"""Whether a network fits in memory, asked before it is built."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from foundation.user_error import UserError
from lab import environment, identity

if TYPE_CHECKING:
    import keras

LARGE = 4096
"""Memory is checked only if a setting exceeds this."""
BYTES = 4 * 4
"""Of a parameter: the weight itself, its gradient, and what an optimizer keeps of it."""


def ran_out(error: BaseException) -> bool:
    """Returns whether an error of Python, NumPy or TensorFlow means that memory ran out."""
    return isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError"


def check(build: Callable[[Any], keras.Model], config: Any) -> None:
    """Counts the parameters of a network with large settings, without allocating them.

    Draws random numbers, so seeds must be set afterwards.

    Raises:
        UserError: they don't fit in this machine's memory.
    """
    settings = {
        field.name: getattr(config, field.name)
        for field in dataclasses.fields(config)
        if identity.part(field) == "result"
    }
    if not any(type(value) is int and value > LARGE for value in settings.values()):
        return
    environment.load_backend()
    import keras

    try:
        with keras.StatelessScope(initialize_variables=False):
            parameters = build(config).count_params()
    except UserError:
        raise
    except Exception as error:
        if ran_out(error):
            raise UserError("the network doesn't fit in this machine's memory; give smaller settings") from error
        return  # a network that reads its weights while it is built can't be asked
    finally:
        keras.utils.clear_session()
    needed, there = BYTES * parameters, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if needed > there:
        raise UserError(
            f"the network would have {parameters:,} parameters and need {needed / 2**30:,.0f} GiB of memory; this "
            f"machine has {there / 2**30:,.0f} GiB: give smaller settings"
        )
