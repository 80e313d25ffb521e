import json

import pytest
import safetensors.torch
import torch

from ganzoo.errors import ModelError
from ganzoo.hub.header import Stored, parse_header

ONE = {"a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}


def parse(values, data=24, text=None):
    header = (json.dumps(values) if text is None else text).encode()
    start = len(header).to_bytes(8, "little") + header
    return parse_header(start, len(start) + data, "a file")


def test_what_the_library_writes_is_read():
    contents = safetensors.torch.save({"a": torch.zeros(2, 3), "b": torch.zeros(4).half()}, {"role": "generator"})
    found = parse_header(contents, len(contents), "a file")
    assert found.metadata == {"role": "generator"}
    start = len(contents) - 32
    assert found.tensors == {"a": Stored("F32", (2, 3), start), "b": Stored("F16", (4,), start + 24)}


TWICE = json.dumps(ONE)[:-1] + ', "a": {"dtype": "F32", "shape": [0], "data_offsets": [24, 24]}}'


@pytest.mark.parametrize(
    ("values", "data", "text", "message"),
    [
        ({}, 24, None, r"holds 0 tensors"),
        (None, 24, "[]", r"does not begin with a brace"),
        (None, 24, " " + json.dumps(ONE), r"does not begin with a brace"),
        (None, 24, TWICE, r"the key a is there twice"),
        (None, 24, '{"a": ' + "[" * 5000, r"not JSON|nested"),
        (ONE, 23, None, r"its tensors end at"),
        (ONE, 25, None, r"its tensors end at"),
        ({**ONE, "b": {**ONE["a"]}}, 24, None, r"tensors that overlap"),
        ({**ONE, "b": {**ONE["a"], "data_offsets": [20, 44]}}, 44, None, r"tensors that overlap"),
        ({**ONE, "b": {**ONE["a"], "data_offsets": [30, 54]}}, 54, None, r"leave bytes between them, at byte 24"),
        ({"a": {**ONE["a"], "data_offsets": [24, 0]}}, 24, None, r"data_offsets are -24 bytes"),
        ({"a": {**ONE["a"], "data_offsets": [0, 20]}}, 20, None, r"data_offsets are 20 bytes, F32 of \[2, 3\]"),
        ({"a": {**ONE["a"], "data_offsets": [-4, 20]}}, 24, None, r"data_offsets is \[-4, 20\], expected whole"),
        ({"a": {**ONE["a"], "data_offsets": [0]}}, 24, None, r"data_offsets should be two numbers"),
        ({"a": {**ONE["a"], "dtype": "F8_E4M3"}}, 24, None, r"dtype is F8_E4M3, expected text, for example F64, F32"),
        ({"a": {**ONE["a"], "dtype": "X" * 9999}}, 24, None, r"dtype is XXXX"),
        ({"a": {**ONE["a"], "shape": [2**62, 0]}}, 24, None, r"shape is \[4611686018427387904, 0\]"),
        ({"a": {**ONE["a"], "shape": [True, 6]}}, 24, None, r"shape is \[True, 6\]"),
        ({"a": {**ONE["a"], "shape": [1] * 9}}, 24, None, r"expected a list of at most 8"),
        ({"a": {**ONE["a"], "more": 1}}, 24, None, r"more is not a known field"),
        ({"a": 3}, 24, None, r"should be a table"),
        ({"../x": ONE["a"]}, 24, None, r"names a tensor ../x"),
        ({**ONE, "__metadata__": {"a": 1}}, 24, None, r"metadata should be strings"),
        ({**ONE, "__metadata__": []}, 24, None, r"metadata should be strings"),
        ({f"t{n}": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for n in range(20_001)}, 0, None,
         r"longer than it may be|holds 20,001 tensors"),
    ],
)  # fmt: skip
def test_7_9_a_header_that_is_wrong(values, data, text, message):
    with pytest.raises(ModelError, match=message) as caught:
        parse(values, data, text)
    assert "a file" in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("start", [b"", b"x", bytes(8), bytes(9), b"\x02" + bytes(7) + b"{"])
def test_a_file_of_a_few_bytes(start):
    with pytest.raises(ModelError, match="a file is not safetensors"):
        parse_header(start, len(start), "a file")
