from ganzoo.plurals import many


def test_one_is_one_and_others_are_many():
    assert [many(count, "image") for count in (0, 1, 1797)] == ["0 images", "1 image", "1,797 images"]
    assert [many(count, "class") for count in (1, 2)] == ["1 class", "2 classes"]
