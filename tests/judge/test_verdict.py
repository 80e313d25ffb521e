import pytest

from ganzoo.judge.verdict import Judge, Probe


def seen(*probes, modes=0):
    judge = Judge(modes)
    for step, values in enumerate(probes):
        judge.see(Probe(step=1000 * step, **values))
    return judge


def test_nothing_probed_says_nothing():
    assert Judge().facts() == ""
    assert seen({}).facts() == ""


def test_facts_name_modes_and_auc():
    assert seen({"auc": 0.814, "modes": 5}, modes=8).facts() == "5/8 modes, D's AUC .81"
    assert seen({"auc": 1.0}).facts() == "D's AUC 1.00"


def test_two_probes_are_too_few():
    assert seen({"auc": 0.8}, {"auc": 0.8}).assessment() == "too early to tell"


def test_a_fair_game_is_healthy():
    assert seen(*[{"auc": 0.81, "gradient": 1.0, "modes": 5}] * 3, modes=8).assessment() == "healthy"


def test_the_discriminator_wins_when_the_generators_gradient_falls():
    start = {"auc": 0.7, "gradient": 4.0}
    judge = seen(start, *[{"auc": 0.99, "gradient": 1.0}] * 2)
    assert "has won" not in judge.assessment()  # two probes are not three
    judge.see(Probe(step=9000, auc=0.99, gradient=1.0))
    assert "the discriminator has won" in judge.assessment()
    assert "learning rate" in judge.assessment()
    judge.see(Probe(step=9500, auc=0.9, gradient=1.0))
    assert judge.assessment() == "healthy"


def test_a_discriminator_far_ahead_that_still_teaches_has_not_won():
    assert seen(*[{"auc": 0.999, "gradient": 3.0}] * 3).assessment() == "the discriminator is far ahead"


def test_guessing_is_no_solution_where_modes_are_missing():
    assert "guessing" in seen(*[{"auc": 0.51, "modes": 2}] * 3, modes=8).assessment()
    assert seen(*[{"auc": 0.51, "modes": 8}] * 3, modes=8).assessment() == "healthy"


def test_lost_modes_are_a_collapse_measured_against_the_best():
    judge = seen({"auc": 0.7, "modes": 4}, {"auc": 0.7, "modes": 7}, modes=8)
    for step in (5000, 6000):
        judge.see(Probe(step=step, auc=0.7, modes=4))
    assert judge.assessment() == "healthy"
    judge.see(Probe(step=7000, auc=0.7, modes=4))
    assert "mode collapse: 4 of 8 modes left (was 7 at step 1,000)" in judge.assessment()
    judge.see(Probe(step=8000, auc=0.7, modes=5))
    assert judge.assessment() == "healthy"  # five are above seven tenths of seven


@pytest.mark.parametrize("auc", [0.7, 0.99])
def test_few_modes_are_not_healthy(auc):
    assert seen(*[{"auc": auc, "modes": 3}] * 3, modes=8).assessment() == "most modes are still missing"


def test_an_auc_far_below_a_half_is_not_called_healthy():
    assert "more real than the data" in seen(*[{"auc": 0.05}] * 3).assessment()
    assert seen(*[{"auc": 0.05}] * 2, {"auc": 0.4}).assessment() == "healthy"
