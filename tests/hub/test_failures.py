import errno
from types import SimpleNamespace

import pytest
from huggingface_hub import constants, errors

from ganzoo.errors import GanzooError, NetworkError, UsageError
from ganzoo.hub.failures import calling, explained, without_tokens

TOKEN = "hf_" + "aB3" * 12


def answered(status, message="", kind=errors.HfHubHTTPError, **headers):
    response = SimpleNamespace(status_code=status, headers=headers, request=None, content=b"", text="")
    return kind("x", response=response, server_message=message)


def caused(error, cause):
    error.__cause__ = cause
    return error


CASES = [
    (answered(401, "Invalid username or password."), r"not logged in.*HF_TOKEN or type: hf auth login"),
    (answered(403), r"you may not read me/gan; log in as somebody who may"),
    (answered(409, "Tag reference exists already"), r"it is there already \(Tag reference exists already\)"),
    (answered(412), r"it has changed while this was on its way; nothing was written, try again"),
    (answered(429, **{"Retry-After": "7"}), r"too many requests; wait 7 s; try again later"),
    (answered(500), r"the Hub answered 500; try again later"),
    (answered(418), r"the Hub answered 418$"),
    (answered(401, kind=errors.RepositoryNotFoundError), r"no such repository, or it is private and you are not"),
    (answered(404, kind=errors.RevisionNotFoundError), r"it has no revision 'v1'"),
    (answered(403, kind=errors.GatedRepoError), r"its owner gives access on request"),
    (answered(404, kind=errors.RemoteEntryNotFoundError), r"a file of it is gone"),
    (errors.OfflineModeIsEnabled("x"), r"not in the cache, and HF_HUB_OFFLINE forbids"),
    (errors.LocalEntryNotFoundError("x"), r"cannot reach .*; check the connection"),
    (caused(errors.LocalEntryNotFoundError("x"), answered(500)), r"the Hub answered 500"),
    (errors.HTTPError("refused"), r"cannot reach .*HTTPError: refused"),
    (ConnectionError("Network error: 404"), r"cannot reach .*Network error: 404"),
    (TimeoutError("timed out"), r"cannot reach .*timed out"),
    (caused(RuntimeError("Error while uploading"), answered(403)), r"you may not read"),
    (RuntimeError("odd"), r"RuntimeError: odd"),
    (OSError("Consistency check failed: 3 of 9"), r"the connection was cut before the file was whole; try again"),
    (ValueError("not JSON"), r"does not answer as a Hub does \(ValueError: not JSON\); is HF_ENDPOINT right"),
    (ValueError('Invalid metadata in README.md.\n- Error in license: "x" is unknown'), r"README.md: .*license: .x. is"),
    (KeyError("sha"), r"does not answer as a Hub does"),
    (errors.FileMetadataError("no ETag"), r"does not answer as a Hub does"),
    (type("TooManyRedirects", (errors.HTTPError,), {})("x"), r"sends from one address to the next without end"),
]


@pytest.mark.parametrize("number", range(len(CASES)))
def test_whatever_the_client_raises_is_one_line_and_ends_with_code_four(number):
    error, line = CASES[number]
    with pytest.raises(NetworkError, match=line) as caught, calling("to download", "me/gan", "v1"):
        raise error
    text = str(caught.value)
    assert text.startswith("failed to download me/gan@v1: ")
    assert caught.value.exit_code == 4
    assert caught.value.__cause__ is None
    assert len(text.splitlines()) == 1


def test_who_may_read_may_not_always_write():
    assert "your token may not write to me/gan" in str(explained(answered(403), "to publish", "me/gan"))


def test_offline_is_named_where_it_is_the_reason(monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert "HF_HUB_OFFLINE forbids" in str(explained(errors.LocalEntryNotFoundError("x"), "to download", "me/gan"))


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_full_or_closed_disk_is_no_failure_of_the_network(code):
    error = explained(OSError(code, "no room", "/cache/x"), "to download", "me/gan")
    assert type(error) is GanzooError
    assert str(error) == "failed to download me/gan: no room at /cache/x; nothing half-written is left"


def test_a_bad_name_is_the_users():
    assert isinstance(explained(errors.HFValidationError("x"), "to download", "a/b/c"), UsageError)


def test_our_own_errors_pass():
    with pytest.raises(UsageError, match=r"^mine$"), calling("to download", "me/gan"):
        raise UsageError("mine")


def test_no_token_is_ever_told(monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "secret-of-another-form")
    text = without_tokens(f"Bearer {TOKEN} at secret-of-another-form, https://me:word@hub.org/x")
    assert text == "Bearer hf_*** at ***, https://***@hub.org/x"
    error = explained(ValueError(f"header {TOKEN}"), "to publish", "me/gan")
    assert TOKEN not in str(error)
