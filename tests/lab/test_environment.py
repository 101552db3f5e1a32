"""Each experiment takes its share of the cores."""

import pytest

from lab import environment


@pytest.mark.parametrize(
    ("flags", "cores", "share"),
    [
        ("", 8, 8),
        (" -j2 --jobserver-auth=3,4", 8, 4),
        ("-j 4", 8, 2),
        ("s -j16 --jobserver-auth=3,4", 8, 1),
        (" --jobserver-fds=3,4 -j", 8, 1),  # make 3.81, on macOS, keeps the number to itself
        ("s", 8, 8),
    ],
)
def test_under_make_j_a_process_takes_its_share(monkeypatch, flags, cores, share):
    monkeypatch.setenv("MAKEFLAGS", flags)
    monkeypatch.setattr(environment, "cores", lambda: cores)
    assert environment.share() == share
