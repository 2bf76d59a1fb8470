"""How errors of the provider's services are worded."""

from __future__ import annotations

import pytest

from emulator.choices.table import Choices
from emulator.provider import errors
from emulator.provider.styles import is_detailed, styled

PATH = "/failover-otp/otp/send-failover"


@pytest.mark.parametrize("path", ["/failover", "/failover-otps", "/failover/failover-otp", "/sms"])
def test_other_services_word_them_as_they_are(path: str) -> None:
    """Whatever their path is like."""
    error = errors.invalid("body", {"flow": "is required"})
    assert not is_detailed(path)
    assert styled(error, path) is error


def test_what_is_wrong_is_told_place_by_place() -> None:
    """As 422; the journal has it as it has all others, with the status that was answered."""
    error = errors.invalid("body", {"flow": "is required", "flow[1].message.body": "must be a text; found 1"})
    told = styled(error, PATH)
    assert (told.status, told.body) == (
        422,
        {
            "detail": [
                {"loc": ["body", "flow"], "msg": "is required", "type": "missing"},
                {
                    "loc": ["body", "flow", 1, "message", "body"],
                    "msg": "must be a text; found 1",
                    "type": "value_error",
                },
            ]
        },
    )
    assert told.reason == error.reason | {"status": 422}
    assert told.words == error.words
    assert styled(told, PATH) is told
    query = styled(errors.invalid("query", {"limit": "must be a number"}), PATH)
    assert query.body["detail"][0]["loc"] == ["query", "limit"]
    broken = styled(errors.generic(400, "The body is not JSON"), PATH)
    assert broken.body == {"detail": [{"loc": ["body"], "msg": "The body is not JSON", "type": "value_error"}]}


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (errors.unauthorized("unauthorized", "Full authentication is required"), 403, "Not authenticated"),
        (errors.unauthorized("invalid_token", errors.NO_BEARER), 403, "Not authenticated"),
        (errors.bad_credentials("Bad credentials", PATH, 0), 403, "Not authenticated"),
        (errors.unauthorized("invalid_token", "Access token expired"), 401, "Access token expired"),
        (errors.generic(403, "Access is denied"), 403, "Access is denied"),
        (errors.not_found("flow", "id", "x"), 404, "flow with id 'x' was not found!"),
        (errors.generic(503, "Busy"), 503, "Busy"),
    ],
)
def test_other_errors_are_one_text(error: errors.ApiError, status: int, detail: str) -> None:
    """A request without a token gets 403, one with a bad token 401, and only that is challenged."""
    told = styled(error, PATH)
    assert (told.status, told.body) == (status, {"detail": detail})
    assert told.headers == ({"WWW-Authenticate": "Bearer"} if status == 401 else {})


def test_a_missing_token_has_the_chosen_status() -> None:
    """The documentation has both; other services' errors are as their choices have them."""
    tokenless = errors.unauthorized("unauthorized", "Full authentication is required")
    told = styled(tokenless, PATH, Choices(otp_without_bearer="401"))
    assert (told.status, told.body) == (401, {"detail": "Not authenticated"})
    assert styled(errors.generic(404, "x"), "/sms", Choices(error_code="number")).body["code"] == 404000000
