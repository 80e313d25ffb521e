"""Several processes over gloo, started once for each number of them; group.py is what each of them does."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import torch

from ganzoo.engine import processes
from ganzoo.engine.processes import Processes
from ganzoo.errors import Gone

TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
GROUP = Path(__file__).with_name("group.py")

# In evaluation mode and with the same draws for every sample, what still looks at its batch at once.
BATCH_WIDE = {
    "cogan": {"value"},  # the first half of the reals is one domain, the second the other
    "esrgan": {"more_real"},  # relativistic averages
    "ebgan": {"energy"},  # the pulling-away term is over pairs
    "gain": {"imputing"},  # means over the cells that are known, of which parts have more or fewer
    "medgan": {"value", "fooling"},  # D sees the mean of the batch
    "relativistic-gan": {"more_real", "more_real_than_real"},
    "softmax-gan": {"mass_on_reals", "mass_on_all"},
    "seqgan": {"policy"},  # rewards are compared with the batch's mean
    "stylegan2-lite": {"paths"},  # lengths are compared with the batch's mean
    "tablegan": {"misfit"},  # as are features
}
# dragan's noise is as wide as the batch's standard deviation, so it may differ; but its D is linear in pieces, whose
# slope is the same wherever the noise leaves a sample in its piece, as it does for some numbers of processes.
# ESRGAN's G has them too, at so small a weight that they may be below rounding.
PERHAPS = {"dragan": {"value"}, "esrgan": {"perceptual"}}
PACKED = {
    "pacgan": {"value", "fooling"},
    "ctgan": {"distance", "fooling"},
}  # what is left over of an odd batch is in no pack


def test_one_process_alone_leads_and_exchanges_nothing():
    alone = processes.join()
    assert (alone.rank, alone.count, alone.leads) == (0, 1, True)
    assert alone.text_from_leader("text") == "text"
    assert alone.differing({"x": torch.ones(2)}) == []
    alone.wait()


def test_rows_are_added_in_order():
    rows = torch.tensor([[1e8, 1.0], [1.0, 2.0], [-1e8, 3.0]])
    assert Processes().sum_in_order(rows, [3]).tolist() == [0.0, 6.0]  # 1e8 + 1 is 1e8 in float32


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.int64, torch.bool])
def test_the_fingerprint_of_a_tensor_changes_with_any_bit(dtype):
    tensor = torch.zeros(5, dtype=dtype)
    other = tensor.clone()
    other[3] = 1
    swapped = tensor.clone()
    swapped[4] = 1
    assert len({int(processes._fingerprint(t)) for t in (tensor, other, swapped)}) == 3


def quiet_environment():
    """Of subprocesses that are not runs of torchrun themselves, on one thread each."""
    return {k: v for k, v in os.environ.items() if not k.startswith("TORCHELASTIC")} | {"OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="module")
def groups(tmp_path_factory):
    """What groups of 1 to 4 processes found, by their number; each group is started once."""
    found = {}
    for count in (1, 2, 3, 4):
        out = tmp_path_factory.mktemp("group") / "found.json"
        start = [sys.executable] if count == 1 else [*TORCHRUN, "--nproc-per-node", str(count)]
        done = subprocess.run([*start, GROUP, out], capture_output=True, text=True, env=quiet_environment())
        assert done.returncode == 0, done.stderr[-3000:]
        found[count] = json.loads(out.read_text("utf-8"))
    return found


def differing(found, tolerance=1e-12):
    """The GANs and players whose gradients are further apart than rounding in double precision."""
    wrong = {
        name: {player for player, apart in players.items() if apart > tolerance} - PERHAPS.get(name, set())
        for name, players in found.items()
    }
    return {name: players for name, players in wrong.items() if players}


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 3, 4])
def test_gradients_are_those_of_one_process_with_the_whole_batch(groups, count):
    played = groups[count]["even"].keys()
    assert len(played) >= (45 if count == 2 else 27)  # all families, or three of them
    expected, packed = ({k: v for k, v in known.items() if k in played} for known in (BATCH_WIDE, PACKED))
    rounding = 1e-10 if count == 2 else 1e-12  # the deeper networks of translations are among two
    assert differing(groups[count]["even"], rounding) == expected
    assert differing(groups[count]["uneven"], rounding) == expected | packed
    assert groups[count]["half"] == {
        "D.moved.weight": True, "D.moved.bias": True, "D.unused.weight": False, "D.unused.bias": False
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 3, 4])
def test_with_whole_statistics_batch_norm_and_batch_wide_losses_are_those_of_one_process_too(groups, count):
    rounding = 1e-9 if count == 2 else 1e-11  # their batch norms of nearly equal pixels divide by little
    assert differing(groups[count]["whole"], rounding) == {"cogan": {"value"}}


@pytest.mark.slow
def test_shards_give_the_same_bits_on_any_number_of_processes_and_after_a_resume(groups):
    alone = groups[1]["played"]
    for count in (1, 2, 3, 4):
        for name, (never_stopped, resumed, differ) in groups[count]["played"].items():
            assert never_stopped == resumed == alone[name][0], (count, name)
            assert differ == []
    for count in (3, 4):
        for never_stopped, resumed, differ in groups[count]["own"].values():
            assert never_stopped == resumed
            assert differ == []


def test_processes_of_a_new_start_do_not_take_the_addresses_of_an_earlier_one(tmp_path):
    store = torch.distributed.FileStore(str(tmp_path / "store"), 3)
    words = []
    for _ in range(3):  # the store keeps everything, as that of torchrun does
        with ThreadPoolExecutor(3) as pool:
            words.append(set(pool.map(lambda rank: processes.meet(store, rank, 3), (1, 2, 0))))
    assert [len(word) for word in words] == [1, 1, 1]
    assert len(set.union(*words)) == 3


def test_a_leader_whose_others_do_not_come_says_who(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "_PATIENCE", timedelta(milliseconds=20))
    with pytest.raises(Gone, match=r"the processes \[1, 2\] of this run did not start within 0:00:00.02"):
        processes.meet(torch.distributed.FileStore(str(tmp_path / "store"), 3), 0, 3)
