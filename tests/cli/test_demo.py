"""The demo: an emulator, and the story that is played on it."""

from __future__ import annotations

import subprocess
import sys

from emulator.cli.demo import APPLICATION, STORY, play
from emulator.client.client import Client
from tests.support.running import PATIENCE, emulator


def test_every_scene_of_the_story_is_accepted_and_ends() -> None:
    """Some win, some move to another channel first, some fail; one request is refused; all callbacks are received."""
    with emulator("--rate", "0") as server:
        play(f"http://127.0.0.1:{server.port}", 0)
        server.advance(until="idle")
        with Client(f"http://127.0.0.1:{server.port}") as client:
            flows = client.application(APPLICATION).flows()
            assert len(flows) == len(STORY)
            assert {flow.status for flow in flows} == {"Succeeded", "Failed"}
            assert {len(flow.messages) for flow in flows} == {1, 2, 3}
            assert {told.outcome for told in client.application(APPLICATION).callbacks()} == {"received"}
        assert [each["kind"] for each in server.journal() if each["kind"] == "refused"] == ["refused"]


def test_the_command_says_where_the_page_is_and_plays() -> None:
    """Without a browser, if that is asked for."""
    command = [sys.executable, "-m", "emulator", "demo", "--port", "0", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().partition("ready on ")[2].split()[0]
        assert process.stdout.readline() == f"The page is {url}/_emulator/\n"
        with Client(url) as client:
            shop = client.application(APPLICATION)
            while not shop.flows():
                pass
        process.terminate()
        assert process.wait(PATIENCE) == 0
