"""Jobs on a Ray cluster: each is done once, what is killed goes on elsewhere, and a failure is told."""

import os
import signal

import pytest

from foundation.user_error import UserError
from lab.sweep import cluster
from tests.lab.sweep import processes
from tests.lab.sweep.counting_jobs import STEPS
from tests.lab.sweep.processes import below, wait_for


def test_what_is_not_installed_is_told_in_one_line():
    cluster.require("a sweep", "json")
    with pytest.raises(UserError, match="--address needs no_such_ray, which isn't installed"):
        cluster.require("--address", "json", "no_such_ray")


@pytest.mark.slow
def test_killed_processes_and_a_killed_node_lose_nothing(tmp_path):
    pytest.importorskip("ray", reason="Ray isn't installed; make sweep installs it")
    counts = tmp_path / "counts"
    counts.mkdir()

    def lines(number):
        file = counts / f"{number}.txt"
        return file.read_text().splitlines() if file.is_file() else []

    with processes.two_nodes(tmp_path) as (address, token, raylet):
        process = processes.start(["-m", "tests.lab.sweep.counting_jobs", counts, address], token)
        try:
            wait_for(lambda: (lines(0) and lines(1)) or process.poll() is not None)
            (node,) = {line.split()[2] for line in lines(0)}
            (other,) = {line.split()[2] for line in lines(1)}
            assert node != other  # a core each
            os.kill(int(lines(0)[0].split()[1]), signal.SIGKILL)

            def working_there():
                last = {int(lines(number)[-1].split()[1]) for number in range(3) if lines(number)}
                return last & set(below(raylet, r"^ray::"))

            wait_for(lambda: working_there() or process.poll() is not None)
            os.kill(raylet, signal.SIGKILL)
            printed = process.communicate(timeout=300)[0].splitlines()
        finally:
            process.kill()
            process.wait()
    assert process.returncode == 0, printed
    ends = sorted(line for line in printed if line.startswith("end"))
    assert ends == ["end 0 0 ", "end 1 0 ", "end 2 0 ", "end 3 2 no such thing as 3"]
    assert "lost 0" in printed
    assert len([line for line in printed if line.startswith("lost")]) >= 2
    for number in range(3):
        assert [line.split()[0] for line in lines(number)] == [str(step) for step in range(STEPS)]
        assert {line.split()[3] for line in lines(number)} == {str(processes.ROOT)}
