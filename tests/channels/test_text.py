"""The texts of Sms: alphabets, parts, transcoding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.channels.text import (
    BASIC,
    EXTENSION,
    analyse,
    count,
    links,
    plain,
    prepared,
    short_link,
    shortened,
    transcoded,
    unsupported,
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 80 + "a", 2),
        ("α" * 70, 1),
        ("α" * 71, 2),
        ("α" * 134, 2),
        ("α" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("a" * 69 + "ω", 1),
        ("a" * 70 + "ω", 2),
        ("a" * 65 + "[" * 5, 1),
        ("Ω" * 160, 1),
        ("`" * 71, 2),
    ],
)
def test_a_text_takes_so_many_parts(text: str, parts: int) -> None:
    """160 or 153 septets, 70 or 67 units."""
    assert count(text) == parts


def test_gsm_has_128_letters_less_the_escape() -> None:
    """And ten in the extension table."""
    assert (len(set(BASIC)), len(set(EXTENSION))) == (127, 10)


def test_a_letter_of_two_units_is_never_split() -> None:
    """152 septets and a euro sign leave one septet of the first part empty."""
    assert [len(part) for part in analyse("a" * 152 + "€" + "a" * 100).texts] == [152, 101]
    assert [len(part) for part in analyse("ω" * 66 + "😀" + "ω" * 10).texts] == [66, 11]


@given(st.text(alphabet=st.sampled_from(BASIC + EXTENSION + "αβω😀é"), max_size=500))
def test_the_parts_are_the_text_and_none_is_too_long(text: str) -> None:
    """Whatever the alphabet; and counting is the same as splitting."""
    parts = analyse(text)
    assert "".join(parts.texts) == text
    assert count(text) == len(parts.texts)
    room = 70 if parts.unicode else 160
    for part in parts.texts:
        assert analyse(part).units <= room


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Καλημέρα" * 9, "KAΛHMEPA" * 9),
        ("Καλημέρα", "Καλημέρα"),
        ("plain" * 40, "plain" * 40),
        ("où êtes-vous? " * 6, "où etes-vous? " * 6),
        ("citt\u00e0 perch\u00ed " * 8, "citt\u00e0 perchi " * 8),
        ("Straße größer " * 8, "Straße größer " * 8),
        ("„Grüße“ – schön " * 8, '"Grüße" - schön ' * 8),
        ("«\u00a0Où êtes-vous\u202f?\u00a0» l’œuvre" * 4, '" Où etes-vous ? " l\'oeuvre' * 4),
        ("cafe\u0301 " * 20, "café " * 20),
        ("😀Καλημέρα" * 9, "😀KAΛHMEPA" * 9),
        ("ΰΐᾳ½™№²ﬁ１−•" * 9, "YIA1/2TMNo2fi1-*" * 9),
        ("cafe\u0302\u200b\ufeff πα" * 9, "cafe ΠA" * 9),
        ("……😀" * 30, "……😀" * 30),
        ("हिन्दी עִבְרִית й" * 9, "हिन्दी עִבְרִית й" * 9),
    ],
)
def test_transcoding_helps_where_it_can(text: str, sent: str) -> None:
    """Each letter by itself; not where one Unicode part is enough, nor where the text would take more parts."""
    assert prepared(text, transcode=True) == sent
    assert prepared(text, transcode=False) == text


@given(st.text(alphabet=st.sampled_from(BASIC + EXTENSION + "αβω😀é"), max_size=200))
def test_what_gsm_7_lacks_is_named(text: str) -> None:
    """Each letter once; a plain text lacks none, and each of its letters takes one septet."""
    missing = unsupported(text)
    assert len(missing) == len(set(missing))
    assert bool(missing) is analyse(text).unicode
    assert plain(text) is (not missing and analyse(text).units == len(text))


def test_links_are_found_each_once() -> None:
    """They end at the next space; the short one for each depends on what it belongs to."""
    body = "See https://a/1, http://b and https://a/1, or https://a/1"
    assert links(body) == ["https://a/1,", "http://b", "https://a/1"]
    assert short_link("http://b", "x") in shortened(body, "x")
    assert short_link("http://b", "x") != short_link("http://b", "y")


def test_transcoding_can_be_had_by_itself() -> None:
    """Without the question whether it helps."""
    assert transcoded("Καλημέρα 😀") == "KAΛHMEPA 😀"
