"""The file that these tests fetch."""

import hashlib
import random

import pytest

from foundation.fetch import fetch
from foundation.user_error import UserError

NAME = "sky/rain.csv.zip"
CONTENT = b"PK\x03\x04" + random.Random(0).randbytes(300_000)
REPACKED = b"PK\x03\x04" + random.Random(1).randbytes(200_000)
PAGE = b"\n<!DOCTYPE html><title>Welcome to the Grand Hotel</title>"


def sha256(content):
    return hashlib.sha256(content).hexdigest()


SIZE, HASH = {"size": len(CONTENT)}, {"hash": f"sha256:{sha256(CONTENT)}"}


def flipped(content):
    """The content with one bit changed."""
    return content[:-1] + bytes([content[-1] ^ 1])


def listing(content=REPACKED, name=NAME):
    """A SHA256SUMS with the file, and another one."""
    return f"{sha256(b'else')}  sky/else.zip\n{sha256(content)}  {name}\n".encode()


def parts(data):
    return list(data.glob(".partial/**/*.part"))


def fails(data, *words, kind=UserError, **options):
    """Fetches in vain: the message is one line with these words, and the data folder has no such file."""
    with pytest.raises(kind) as caught:
        fetch(NAME, data, **options)
    message = str(caught.value)
    assert type(caught.value) is kind
    assert "\n" not in message and "{" not in message
    assert [word for word in words if word not in message] == [], message
    assert not (data / NAME).exists()
