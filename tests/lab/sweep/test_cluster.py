"""Connecting to a Ray cluster: an address where there is none gives one line, at once."""

import time

import pytest

from foundation.user_error import UserError
from lab.sweep.cluster import Machine, connected


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1:1", "no such host:6379", "ray://127.0.0.1:1"])
def test_an_address_without_a_cluster_gives_one_line_at_once(address):
    pytest.importorskip("ray", reason="Ray isn't installed; make sweep installs it")
    start = time.monotonic()
    with pytest.raises(UserError, match="no Ray cluster answers at") as error, connected(Machine(1, 1, 0, address)):
        pass
    assert address in str(error.value)
    assert "\n" not in str(error.value)
    assert time.monotonic() - start < 60
