import pytest

from ganzoo.data import open_dataset, texts
from ganzoo.errors import DataError
from ganzoo.tokens import lines_of, vocabulary_of

LINES = "the cat sat\nthe dog\n\n  the cat\n"


@pytest.fixture
def written(tmp_path):
    def write(text, name="lines.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def test_a_file_becomes_numbers_and_comes_back(written, request_of):
    dataset = open_dataset(written(LINES), request_of(size=3))
    assert (dataset.name, len(dataset), str(dataset.space)) == ("lines", 3, "3 words of 5")
    assert vocabulary_of(dataset.space) == ["", "the", "cat", "dog", "sat"]  # the end, then from the commonest on
    assert dataset.samples.tolist() == [[1, 2, 4], [1, 3, 0], [1, 2, 0]]
    assert lines_of(dataset.samples, dataset.space) == ["the cat sat", "the dog", "the cat"]
    assert dataset.notes == ()


def test_characters(written, request_of):
    dataset = open_dataset(written("äb\nb ä\n"), request_of(size=4, tokens="characters"))
    assert lines_of(dataset.samples, dataset.space) == ["äb", "b ä"]
    assert str(dataset.space) == "4 characters of 4"


def test_a_folder_is_read_in_order_and_its_other_files_are_not(written, request_of, tmp_path):
    written("two\n", "many/b.txt")
    written("one\r\n", "many/a.TXT")
    written("no\n", "many/c.md")
    dataset = open_dataset(str(tmp_path / "many"), request_of(size=1))
    assert (dataset.name, lines_of(dataset.samples, dataset.space)) == ("many", ["one", "two"])


def test_a_note_in_a_folder_of_pictures_is_no_text(written, request_of, tmp_path, picture):
    picture().save(tmp_path / "a.png")
    written("about the pictures\n", "readme.txt")
    assert open_dataset(str(tmp_path), request_of()).space.kind == "image"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no text in it; expected a sentence a line"),
        ("\n \n", "no text in it"),
        (b"good\nb\xff\n", "byte 6 is not UTF-8; save the file as UTF-8"),
    ],
)
def test_what_is_no_text_is_said_in_one_line(written, request_of, text, said):
    with pytest.raises(DataError, match=said) as caught:
        open_dataset(written(text), request_of())
    assert len(str(caught.value).splitlines()) == 1
    assert "lines.txt" in str(caught.value)


def test_an_absent_file_is_said_in_one_line(request_of):
    with pytest.raises(DataError, match=r"--data none.txt: no such file or folder"):
        open_dataset("none.txt", request_of())


def test_long_lines_are_cut_and_rare_words_unknown_and_it_says_so(written, request_of, monkeypatch):
    monkeypatch.setattr(texts, "MOST", 3)
    dataset = open_dataset(written("a b c\na d\n"), request_of(size=2))
    assert vocabulary_of(dataset.space) == ["", "<unk>", "a"]
    assert lines_of(dataset.samples, dataset.space) == ["a <unk>", "a <unk>"]
    assert dataset.notes == (
        "1 of 2 lines have more than 2 words and are cut; see --size",
        "2 of 2 lines have words outside of the 3 that are known",
    )


def test_what_cannot_be_printed_is_no_part_of_a_text(written, request_of):
    dataset = open_dataset(written("\ufeffred\x1b[31m\tblue\x00\n"), request_of(size=2))
    assert lines_of(dataset.samples, dataset.space) == ["red [31m"]


def test_a_text_in_the_vocabulary_of_another(written, request_of):
    path = written("a b\nb\nc\n")
    dataset = open_dataset(path, request_of(size=2, vocabulary=("", "b", "a")))
    assert dataset.samples.tolist() == [[2, 1], [1, 0]]
    assert dataset.notes == ("1 line left out, with words that are not known",)
    with pytest.raises(DataError, match="no line of it can be written in the 2 words that are known"):
        open_dataset(path, request_of(size=2, vocabulary=("x", "y")))


def test_the_fingerprint_changes_with_what_is_read(written, request_of):
    found = {
        open_dataset(written(text), request_of(size=size)).fingerprint
        for text, size in (("a b\n", 2), ("a c\n", 2), ("a b\n", 3))
    }
    assert len(found) == 3


def test_numbers_are_as_they_are_read(request_of):
    dataset = open_dataset("numbers", request_of(size=7))
    lines = lines_of(dataset.samples, dataset.space)
    assert len(set(lines)) == len(dataset) == 9999
    spoken = {
        7: "seven",
        20: "twenty",
        99: "ninety nine",
        100: "one hundred",
        213: "two hundred and thirteen",
        1000: "one thousand",
        1207: "one thousand two hundred and seven",
        3005: "three thousand and five",
        9100: "nine thousand one hundred",
    }
    assert {number: lines[number - 1] for number in spoken} == spoken
    assert (dataset.samples[:, -1] != 0).any(), "the longest has as many words as the listing says"
