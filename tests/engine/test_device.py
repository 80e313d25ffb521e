import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from ganzoo import memory
from ganzoo.engine import device
from ganzoo.engine.device import Device
from ganzoo.errors import UsageError

CPU = torch.device("cpu")


@pytest.fixture
def machine(monkeypatch):
    """machine(device, ...) -> a machine that has these and a CPU."""

    def make(*found):
        cpu = Device("cpu", "2 cores", True, "", 100, 200)
        monkeypatch.setattr(device, "devices", lambda: [*found, cpu])

    return make


def gpu(name, free=10, why=""):
    return Device(name, "A GPU", not why, why, free, 80)


def test_this_machine_s_cpu_is_found_last_with_its_memory():
    cpu = device.devices()[-1]
    assert (cpu.name, cpu.usable) == ("cpu", True)
    assert 0 < cpu.free <= cpu.total


def test_a_system_that_does_not_tell_its_memory_is_no_error(monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: None)
    assert device.devices()[-1].free is None
    assert device.choose("cpu") == CPU


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system tells it in one way alone")
def test_the_most_memory_of_the_cpu_lies_between_what_is_resident_and_what_was():
    import resource

    resident = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    ever = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # also before this program was started
    assert 0.98 * resident < device.most_memory(CPU) < 1.02 * ever


@pytest.mark.parametrize(("name", "known"), [("max_memory_reserved", True), ("driver_allocated_memory", False)])
def test_the_most_memory_of_an_accelerator_is_what_torch_reserved(monkeypatch, name, known):
    asked = []
    backend = SimpleNamespace(**{name: lambda *device: asked.append(device) or 5})
    monkeypatch.setattr(torch, "get_device_module", lambda device: backend)
    mine = torch.device("cuda:1")
    assert device.most_memory(mine) == 5
    assert asked == [(mine,) if known else ()]
    monkeypatch.setattr(torch, "get_device_module", lambda device: SimpleNamespace())
    assert device.most_memory(mine) is None


def test_auto_takes_the_usable_device_with_the_most_free_memory(machine):
    machine(gpu("cuda:0", 10), gpu("cuda:1", 20), gpu("cuda:2", 30, "out of order"))
    assert device.choose("auto") == torch.device("cuda:1")
    machine()
    assert device.choose("auto") == CPU
    machine(gpu("cuda:0", 30, "out of order"))
    assert device.choose("auto") == CPU


def test_a_device_is_asked_for_by_kind_or_number(machine):
    machine(gpu("cuda:0"), gpu("cuda:1"))
    assert device.choose("cuda") == torch.device("cuda:0")
    assert device.choose("cuda:1") == torch.device("cuda:1")


def test_what_is_not_there_is_said_with_what_is(machine):
    machine(gpu("cuda:0"))
    with pytest.raises(UsageError, match=r"device 'cuda:3' is not on this machine, which has cuda:0, cpu; type --dev"):
        device.choose("cuda:3")
    machine()
    with pytest.raises(UsageError, match=r"device 'mps' is not on this machine, which has cpu; type --device cpu"):
        device.choose("mps")


def test_what_is_there_and_not_usable_is_said_with_the_reason(machine):
    machine(gpu("cuda:0", why="no kernel image"))
    with pytest.raises(UsageError, match="device 'cuda:0' is here but cannot be used: no kernel image"):
        device.choose("cuda:0")


def test_precision_is_as_asked_or_what_suits_the_device():
    assert device.precision("auto", CPU) == "fp32"
    assert device.precision("bf16", CPU) == "bf16"


def test_draws_depend_on_the_seed_alone_and_leave_the_state_as_it_was():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    with device.drawing(CPU, 7):
        first = torch.rand(3)
    assert torch.equal(torch.get_rng_state(), before)
    torch.rand(9)
    with device.drawing(CPU, 7):
        assert torch.equal(torch.rand(3), first)
    device.seed_generators(CPU, 7)
    assert torch.equal(torch.rand(3), first)


def test_threads_are_chosen_by_which_is_fastest(monkeypatch):
    clock = {"now": 0.0, "threads": 1}
    cost = {1: 1.0, 2: 0.95, 4: 0.5, 8: 2.0}
    monkeypatch.setattr(device.time, "perf_counter", lambda: clock["now"])
    monkeypatch.setattr(device.os, "sched_getaffinity", lambda process: range(8), raising=False)
    monkeypatch.setattr(torch, "set_num_threads", lambda count: clock.update(threads=count))

    def play():
        clock["now"] += cost[clock["threads"]]

    assert device.fastest_thread_count(play) == 4
    cost[4] = 0.95  # faster by too little to be worth the cores
    assert device.fastest_thread_count(play) == 1


def test_the_devices_of_another_kind_are_listed_tried_and_chosen_by_their_memory(monkeypatch):
    """Backends that are not here, by stand-ins for torch's accelerator interface."""

    class Backend:
        get_device_name = staticmethod(lambda index: f"card {index}")
        mem_get_info = staticmethod(lambda name: (10 + int(name[-1]), 80))
        is_bf16_supported = staticmethod(lambda: True)

    def ones(*size, device, real=torch.ones):
        if device == "xpu:1":
            raise RuntimeError("the driver is too old\nmore")
        return real(*size)

    monkeypatch.setattr(torch.accelerator, "is_available", lambda: True)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: torch.device("xpu"))
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: 3)
    monkeypatch.setattr(torch, "get_device_module", lambda name: Backend)
    monkeypatch.setattr(torch, "ones", ones)
    first, broken, last, cpu = device.devices()
    assert first == Device("xpu:0", "card 0", True, "", 10, 80, ("fp32", "bf16"))
    assert broken == Device("xpu:1", "card 1", False, "the driver is too old", None, None, ())
    assert device.choose("auto") == torch.device("xpu:2")
    assert cpu.precisions[0] == "fp32"
    assert (last.name, last.free) == ("xpu:2", 12)


def test_each_process_of_a_machine_takes_a_device_of_its_own(machine, monkeypatch):
    monkeypatch.setenv("LOCAL_RANK", "1")
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    machine(gpu("cuda:0", 30), gpu("cuda:1", 10))
    assert device.choose("auto") == device.choose("cuda") == torch.device("cuda:1")
    machine()
    assert device.choose("auto") == CPU
    machine(gpu("cuda:0"))
    with pytest.raises(UsageError, match=r"and 1 usable devices for --device auto; type --device cpu, or start 1$"):
        device.choose("auto")
    machine()
    with pytest.raises(UsageError, match=r"and 0 usable devices for --device cuda; type --device cpu$"):
        device.choose("cuda")


def test_a_device_is_told_in_one_line():
    gigabyte = 2**30
    there = Device("cuda:0", "A GPU", True, "", 3 * gigabyte, 8 * gigabyte, ("fp32", "bf16"))
    assert str(there) == "cuda:0    A GPU  3.0 of 8.0 GiB free  usable in fp32 and bf16"
    assert (
        str(Device("xpu:0", "A card", False, "no driver", None, None, ())) == "xpu:0     A card  not usable: no driver"
    )
