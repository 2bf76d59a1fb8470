"""The demo: an emulator, and a story that is played on it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from emulator.cli.telling import play
from emulator.client.client import Client
from tests.support.running import PATIENCE, emulator


def test_a_story_is_played_by_the_emulator_and_followed(capsys: pytest.CaptureFixture[str]) -> None:
    """What it says last is printed; why it stopped, too."""
    with emulator("--rate", "0") as server:
        play(f"http://127.0.0.1:{server.port}", "shop", 0)
        assert "The board tells who was reached" in capsys.readouterr().out
        with Client(f"http://127.0.0.1:{server.port}") as client:
            flows = client.application("corner-shop").flows()
            assert {flow.status for flow in flows} == {"Succeeded", "Failed"}
            assert {len(flow.messages) for flow in flows} == {1, 2, 3}
        assert [each["kind"] for each in server.journal() if each["kind"] == "refused"] == ["refused"]


def test_the_command_says_where_the_page_is_and_plays() -> None:
    """Without a browser, if that is asked for."""
    command = [sys.executable, "-m", "emulator", "demo", "--port", "0", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().partition("ready on ")[2].split()[0]
        assert process.stdout.readline() == f"The page is {url}/_emulator/\n"
        assert process.stdout.readline() == "  A shop tells its customers about their orders, over Viber first.\n"
        with Client(url) as client:
            assert client.control("GET", "/stories/shop")["stand"] == "playing"
        process.terminate()
        assert process.wait(PATIENCE) == 0


def test_a_story_that_there_is_not_ends_the_command() -> None:
    """Before anything starts."""
    command = [sys.executable, "-m", "emulator", "demo", "--port", "0", "--story", "shopp"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (
        1,
        "failover-emulator: there is no story 'shopp'; did you mean 'shop'?\n",
    )
