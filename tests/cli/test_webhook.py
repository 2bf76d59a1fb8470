"""The command `check-webhook`: a check of a receiver."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.commands import run
from tests.support.running import receiver


def test_check_webhook_judges_a_receiver(tmp_path: Path) -> None:
    """A table for people, JUnit XML and an exit status for machines."""
    with receiver() as hook:
        good = run("check-webhook", hook.url, "--junit", str(tmp_path / "verdicts.xml"))
        hook.answer = lambda _: 204
        bad = run("check-webhook", hook.url)
    assert good.exit_code == 0
    assert "<testsuite" in (tmp_path / "verdicts.xml").read_text()
    assert bad.exit_code == 1
    assert "only 200" in " ".join(bad.stdout.split())
    assert run("check-webhook", "nonsense").exit_code == 1


def test_verdicts_are_told_to_programs_as_json() -> None:
    """All of them, and nothing else; the exit status is the same."""
    with receiver() as hook:
        hook.answer = lambda _: 204
        done = run("check-webhook", hook.url, "--json")
    assert done.exit_code == 1
    verdicts = json.loads(done.stdout)
    assert {each["status"] for each in verdicts} == {204}
    assert not any(each["good"] for each in verdicts)


def test_a_file_for_verdicts_that_can_t_be_written_is_named(tmp_path: Path) -> None:
    """After the verdicts were shown."""
    with receiver() as hook:
        done = run("check-webhook", hook.url, "--junit", str(tmp_path / "none" / "verdicts.xml"))
    assert done.exit_code == 1
    assert f"--junit {tmp_path}/none/verdicts.xml: No such file or directory" in done.output
