"""Weights as the page's JSON holds them."""

from __future__ import annotations

import base64
import dataclasses
from typing import Any

import numpy as np


def plain(recurrence: Any, digits: int = 7) -> dict[str, Any]:
    """A recurrence's weights by their names."""
    weights = ((field.name, getattr(recurrence, field.name)) for field in dataclasses.fields(recurrence))
    return {name: np.round(array, digits).tolist() for name, array in weights if array is not None}


def packed(array: Any) -> dict[str, Any]:
    """An array as half-precision floats in base64, with its shape."""
    half = np.asarray(array, "<f2")
    return {"shape": list(half.shape), "base64": base64.b64encode(half.tobytes()).decode("ascii")}
