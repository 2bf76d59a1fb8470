"""What was found, and what may have been meant."""

from __future__ import annotations

import difflib

import pytest

from emulator.validation.hints import hint, listed, meant, nearest, one_apart, path_hint, quoted, units

CHANNELS = ("Sms", "Viber", "Voice")


@pytest.mark.parametrize(
    ("word", "meant"),
    [("Vibre", "Viber"), ("SMS", "Sms"), (" sms ", "Sms"), ("voice", "Voice"), ("Email", None), ("", None)],
)
def test_the_nearest_known_word_is_meant(word: str, meant: str | None) -> None:
    """In any case and with blanks around it; None if no word is near."""
    assert nearest(word, CHANNELS) == meant
    assert hint(word, iter(CHANNELS)) == (f"; did you mean '{meant}'?" if meant else "")


def test_a_path_is_one_segment_apart_from_one_with_an_id() -> None:
    """The first segment stays; two are the same, since an id may be anything."""
    known = ["", "sms", "tracking", "single", "{id}"]
    assert one_apart(["", "sms", "tracking", "71"], known)
    assert one_apart(["", "sms", "tracking", "bulk", "71"], known)
    assert one_apart(["", "sms", "tracking", "single", "71", "parts"], known)
    assert not one_apart(["", "viber", "tracking", "single", "71"], known)
    assert not one_apart(["", "sms", "71"], known)
    assert not one_apart(["", "sms", "send", "71"], ["", "sms", "{id}"])
    assert not one_apart(["", "sms", "tracking", "single"], ["", "sms", "tracking"])


PATHS = (
    "/sms",
    "/sms/{id}",
    "/sms/analyze",
    "/sms/campaign",
    "/sms/tracking",
    "/sms/tracking/single/{id}",
    "/viber",
    "/viber/session",
    "/failover",
    "/failover-otp",
    "/failover/tracking",
    "/accounts/me/balance",
    "/sms/tracking/campaign/{id}",
    "/failover-otp/otp/failover/{id}",
    "/failover-otp/otp/send-failover",
    "/sessions",
    "/voice/conversation",
    "/voice/tracking/{id}",
    "/oauth/token",
)


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/sm", "'/sms'"),
        ("/sms/send", "'/sms'"),
        ("/viber/send", "'/viber'"),
        ("/sms/analyse", "'/sms/analyze'"),
        ("/sms/traking/single/71", "'/sms/tracking/single/{id}'"),
        ("/failovers", "'/failover'"),
        ("/failovr", "'/failover'"),
        ("/balance", "'/accounts/me/balance'"),
        ("/accounts/balance", "'/accounts/me/balance'"),
        ("/token", "'/oauth/token'"),
        ("/tracking", "'/sms/tracking' or '/failover/tracking'"),
        ("/voice", "'/voice/conversation'"),
        ("/accounts", "'/accounts/me/balance'"),
        ("/failover-otp/otp/tracking/71", "'/failover-otp/otp/failover/{id}'"),
        ("/voice/tracking/single/71", "'/voice/tracking/{id}'"),
        ("/sms/tracking/71", "'/sms/tracking/single/{id}' or '/sms/tracking/campaign/{id}'"),
        ("/sms/tracking/single/71/parts", "'/sms/tracking/single/{id}'"),
        ("/sms/71/parts", "'/sms'"),
        ("/session", "'/viber/session'"),
        ("/failover-otp/otp/send", "'/failover-otp/otp/send-failover'"),
        ("/metrics", ""),
        ("/a//b", ""),
    ],
)
def test_a_path_is_meant_by_its_segments(path: str, meant: str) -> None:
    """Misspelled, too short at either end, or too long; or with one segment that is another, missing or too much."""
    assert path_hint(path, PATHS) == (f"; did you mean {meant}?" if meant else "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("", "''"), ("x" * 60, f"'{'x' * 60}'"), ("x" * 61, f"'{'x' * 60}...' (61 characters)")],
)
def test_a_long_text_is_cut_and_its_length_told(text: str, shown: str) -> None:
    """Sixty characters are enough to find it."""
    assert quoted(text) == shown


ESCAPED = r"'\x01\x02\x03\x04\x04'"
CONTROL = "control character 0x0"


def test_a_length_is_counted_in_units_of_utf_16() -> None:
    """An emoji has two, as in Java; a lone surrogate has one."""
    assert [units(text) for text in ("", "ab", "Ωμέγα", "😀", "a😀b", "\ud83d")] == [0, 2, 5, 2, 4, 1]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+30\u200b691", r"'+30\u200b691' (with zero width space)"),
        ("\x1b[31m", r"'\x1b[31m' (with control character 0x1b)"),
        ("a\u00a0b\nc\td", r"'a\xa0b\nc\td' (with no-break space, control character 0x0a, control character 0x09)"),
        ("\u202e\u200b", r"'\u202e\u200b' (with right-to-left override, zero width space)"),
        ("\x01\x02\x03\x04\x04", f"{ESCAPED} (with {CONTROL}1, {CONTROL}2, {CONTROL}3 and others)"),
        ("\U000e0041", r"'\U000e0041' (with tag latin capital letter a)"),
        ("\u3164", r"'\u3164' (with hangul filler)"),
        ("Καλημέρα 😀", "'Καλημέρα 😀'"),
    ],
)
def test_a_sign_that_does_not_print_is_written_as_an_escape_and_named(text: str, shown: str) -> None:
    """Three kinds of signs are named."""
    assert quoted(text) == shown


@pytest.mark.parametrize(
    ("word", "known", "near"),
    [
        ("Delivered", ["Undelivered", "Failed"], None),
        ("Answered", ["Completed", "NoAnswer"], None),
        ("Undelivered", ["Delivered"], None),
        ("Undeliverd", ["Delivered", "Undelivered"], "Undelivered"),
        ("delivred", ["Delivered", "Undelivered"], "Delivered"),
        ("no-answer", ["NoAnswer"], "NoAnswer"),
        ("isnot", ["is", "is_not"], "is_not"),
        ("ndelivered", ["Undelivered"], "Undelivered"),
    ],
)
def test_a_word_that_says_the_opposite_is_not_near(word: str, known: list[str], near: str | None) -> None:
    """However much alike the two are spelled."""
    assert nearest(word, known) == near


@pytest.mark.parametrize(
    ("word", "known", "near"),
    [
        (" expired ", ["EXPIRED", "FAILED"], "EXPIRED"),
        ("faild", ["FAILED", "Filed"], "FAILED"),
        ("sms", ["Viber", "Voice"], None),
        ("vic", ["Viber", "Voice"], "Voice"),
        ("vi", ["Viber", "Voice"], None),
        ("", ["Viber"], None),
    ],
)
def test_the_nearest_word_is_found_whatever_its_case(word: str, known: list[str], near: str | None) -> None:
    """In its own spelling, if it is like enough."""
    assert nearest(word, known) == near


def test_an_unknown_word_is_told_what_was_meant_or_else_all_that_is_known() -> None:
    """One of the two is enough."""
    assert meant("Vibr", CHANNELS) == "; did you mean 'Viber'?"
    assert meant("Fax", CHANNELS) == "; known here: Sms, Viber or Voice"
    assert listed(["one"]) == "one"


def _numbered(name: str, count: int = 1000) -> list[str]:
    return [f"{name}-{number}" for number in range(count)]


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("shp-billing", "shop-billing"),
        ("Shop-Biling", "shop-billing"),
        ("hop-billing", "shop-billing"),
        ("shop-billings", "shop-billing"),
        ("tenant-x77", "tenant-977"),
        ("nothing-like-it", None),
    ],
)
def test_the_nearest_of_many_words_is_one_that_begins_or_ends_alike(word: str, near: str | None) -> None:
    """One letter too few, too many or another is found, unless too many words have the same beginning and end."""
    assert nearest(word, [*_numbered("tenant"), "shop-billing", *_numbered("shop")]) == near


def test_each_of_a_hundred_words_is_compared() -> None:
    """As many as a mapping has keys, or a folder scenarios: also one that begins and ends otherwise."""
    others = [f"{each}{number}{each}" for each in "bd" for number in range(48)]
    assert nearest("c-failover-c", [*others, "e-failover-e"]) == "e-failover-e"


def test_a_word_is_compared_with_a_few_of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word is compared letter by letter with no more words of a thousand than of a few."""
    compared = []
    whole = difflib.SequenceMatcher.set_seq1

    def counted(self: difflib.SequenceMatcher[str], word: str) -> None:
        compared.append(word)
        whole(self, word)

    monkeypatch.setattr(difflib.SequenceMatcher, "set_seq1", counted)
    nearest("app-x", _numbered("app", 20))
    few = len(compared)
    compared.clear()
    assert nearest("app-x", _numbered("app"))
    assert 0 < len(compared) <= few
