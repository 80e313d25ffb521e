import os
import signal
from types import SimpleNamespace

import pytest
import torch

from ganzoo.engine.stopping import StopRequest


def shards_of(processes, device="cpu"):
    return SimpleNamespace(processes=SimpleNamespace(count=processes), asked=torch.zeros(3, device=device))


def test_a_signal_is_kept_until_it_is_asked_for():
    with StopRequest() as request:
        assert request.anywhere(shards_of(1), False, 1) == (None, False)
        os.kill(os.getpid(), signal.SIGTERM)
        assert request.anywhere(shards_of(1), True, 2) == (signal.SIGTERM, True)


def test_a_second_signal_ends_the_process_as_usual():
    with StopRequest() as request:
        os.kill(os.getpid(), signal.SIGINT)
        assert request.signal == signal.SIGINT
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ([0, 0, 0], (None, False)),
        ([1, 0, 0], (signal.SIGTERM, False)),
        ([1, 2, 0], (signal.SIGINT, False)),
        ([0, 0, 3], (None, True)),
    ],
)
def test_what_any_process_is_asked_all_are_asked(asked, found):
    shards, request = shards_of(3), StopRequest()
    shards.asked = torch.tensor(asked, dtype=torch.float32)
    request.signal = signal.SIGTERM
    assert request.anywhere(shards, True, 1) == found
    assert shards.asking.tolist() == [1, 0, 1]  # what this process tells the others with its next turn


def test_an_accelerator_is_waited_for_in_every_tenth_step_only():
    shards, request = shards_of(2, "meta"), StopRequest()  # of which nothing can be read
    assert [request.anywhere(shards, False, step) for step in (9, 11)] == [(None, False)] * 2
    with pytest.raises(NotImplementedError):
        request.anywhere(shards, False, 10)
