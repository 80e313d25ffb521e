import os
import sys

import pytest
import torch

from ganzoo import memory

GIB = 2**30
linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is bounded")


@pytest.fixture
def machine(tmp_path):
    """A file system that tells of a machine with 8 GiB, of which 6 GiB are free; file(name, text) adds to it."""

    def file(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    file("proc/meminfo", f"MemTotal: {8 * 2**20} kB\nMemAvailable: {6 * 2**20} kB\nHugePages_Total: 0\n")
    return file


def told(tmp_path):
    return memory.available(tmp_path) / GIB, memory.total(tmp_path) / GIB


def second(machine, group, most, used, cached):
    machine(f"sys/fs/cgroup/{group}memory.max", f"{most}\n")
    machine(f"sys/fs/cgroup/{group}memory.current", f"{used}\n")
    machine(f"sys/fs/cgroup/{group}memory.stat", f"anon 5\nactive_file {cached}\ninactive_file {cached}\nfile 9\n")


def test_without_groups_the_machine_s_memory_is_told(machine, tmp_path):
    assert told(tmp_path) == (6, 8)


def test_the_least_room_of_all_groups_counts_and_files_in_memory_do_not(machine, tmp_path):
    machine("proc/self/cgroup", "0::/pods/mine\n")
    second(machine, "pods/mine/", "max", 3 * GIB, 0)
    second(machine, "pods/", 4 * GIB, 3 * GIB, GIB // 2)
    second(machine, "pods/others/", 1, 1, 0)
    assert told(tmp_path) == (2, 4)
    second(machine, "pods/mine/", 2 * GIB, 3 * GIB, 0)
    assert told(tmp_path) == (0, 2)


def test_a_container_that_sees_its_own_group_alone_is_bounded_by_it(machine, tmp_path):
    machine("proc/self/cgroup", "0::/../../somewhere/outside\n")
    second(machine, "", 5 * GIB, GIB, 0)
    assert told(tmp_path) == (4, 5)


def test_the_first_version_of_groups_is_read_too(machine, tmp_path):
    machine("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/docker/a:b\n1:name=systemd:/\n0::/\n")
    where = "sys/fs/cgroup/memory/docker/a:b/memory"
    machine(f"{where}.limit_in_bytes", f"{3 * GIB}\n")
    machine(f"{where}.usage_in_bytes", f"{2 * GIB}\n")
    machine(f"{where}.stat", f"inactive_file 7\ntotal_active_file {GIB // 2}\ntotal_inactive_file {GIB // 2}\n")
    assert told(tmp_path) == (2, 3)
    machine(f"{where}.limit_in_bytes", "9223372036854771712\n")  # none
    assert told(tmp_path) == (6, 8)


def test_a_system_that_does_not_tell_is_unknown(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sysconf_names", {})
    assert memory.available(tmp_path) is memory.total(tmp_path) is None


@linux
def test_more_than_is_free_is_an_error_and_not_the_end_of_the_process(monkeypatch):
    import resource

    monkeypatch.setattr(memory, "available", lambda: 2**26)
    before = resource.getrlimit(resource.RLIMIT_DATA)
    for take in (lambda: torch.ones(2**29), lambda: bytearray(2**31)):
        with pytest.raises((RuntimeError, MemoryError)) as caught, memory.bounded():
            take()
        assert memory.ran_out(caught.value)
        assert resource.getrlimit(resource.RLIMIT_DATA) == before
    with memory.bounded():
        torch.ones(2**20)


def test_another_error_is_not_taken_for_want_of_memory():
    wrapped = ValueError("wrapped")
    wrapped.__cause__ = MemoryError()
    assert memory.ran_out(wrapped)
    assert not memory.ran_out(RuntimeError("shapes differ"))
    assert not memory.ran_out(None)
