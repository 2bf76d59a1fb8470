"""What users choose, and how it is told that they can't."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.choices.given import ChoiceError, chosen, over, written
from emulator.choices.table import TAKEN, Choices


def test_nothing_chosen_is_what_is_taken_anyway() -> None:
    """The very same value, by which that is known."""
    assert chosen("") is TAKEN
    assert over(TAKEN, ()) is TAKEN


def test_choices_stand_between_commas() -> None:
    """Spaces do not matter, nor does what is said again."""
    made = chosen("latency=milliseconds, callback-retries = 0,callback-retries=0")
    assert made == Choices(latency="milliseconds", callback_retries="0")


def test_two_answers_to_one_question_are_refused(tmp_path: Path) -> None:
    """Of two options, of a file and an option, and in one file, whose line is named."""
    file = tmp_path / "choices.txt"
    file.write_text("latency=milliseconds\n\nlatency=seconds\n")
    with pytest.raises(ChoiceError, match=r"^latency comes twice, with seconds and milliseconds$"):
        chosen("latency=seconds,callback-retries=5,latency=milliseconds")
    with pytest.raises(ChoiceError, match=r"choices\.txt:3: latency comes twice, with milliseconds and seconds$"):
        chosen(str(file))
    file.write_text("latency=milliseconds\n")
    with pytest.raises(ChoiceError, match=r"^latency comes twice, with milliseconds and seconds$"):
        chosen(f"{file},latency=seconds")


def test_a_file_has_a_choice_on_each_line(tmp_path: Path) -> None:
    """With comments; what `written` writes is such a file."""
    file = tmp_path / "choices.txt"
    file.write_text("# of our account\n\nlatency=milliseconds # seen in May\ncallback-retries=5\n")
    assert chosen(f"{file},total-price=last-message") == Choices(
        latency="milliseconds", callback_retries="5", total_price="last-message"
    )
    file.write_text(written({"total-price": "last-message"}, {"total-price": ("latency=milliseconds",)}))
    assert chosen(str(file)) == Choices(total_price="last-message")
    assert file.read_text().endswith("total-price=last-message\n# or: latency=milliseconds\n")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("latencies=milliseconds", "there is no choice 'latencies'; did you mean 'latency'?"),
        ("xyzzy=1", "there is no choice 'xyzzy'; `failover-emulator choices` lists them"),
        ("callback-retries=6", "callback-retries must be one of 12, 5, 0; it is '6'"),
        ("latency=second", "latency must be one of seconds, milliseconds; it is 'second'; did you mean 'seconds'?"),
        ("latency", "latency lacks its answer: choose latency=seconds or latency=milliseconds"),
        ("latencies", "'latencies' is neither NAME=VALUE nor a file of such lines; did you mean 'latency'?"),
    ],
)
def test_a_mistyped_choice_is_refused_with_what_was_meant(text: str, why: str) -> None:
    """Names, answers and files."""
    with pytest.raises(ChoiceError) as error:
        chosen(text)
    assert str(error.value) == why


def test_a_mistake_in_a_file_is_told_with_its_line(tmp_path: Path) -> None:
    """The file as it was named."""
    file = tmp_path / "choices.txt"
    file.write_text("latency=seconds\nlatencies=1\n")
    with pytest.raises(ChoiceError, match=r"choices\.txt:2: there is no choice 'latencies'"):
        chosen(str(file))
    file.write_text("latency\n")
    with pytest.raises(ChoiceError, match=r"choices\.txt:1: expected NAME=VALUE; it is 'latency'"):
        chosen(str(file))
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ChoiceError, match=r"choices\.txt "):
        chosen(str(file))
