def test_good(failures):
    assert failures() == {}
