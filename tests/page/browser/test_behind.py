"""The page behind a proxy that shows the emulator below a path of its own, and before a server that hangs."""

from __future__ import annotations

import signal

from tests.page.browser.conftest import Open, expect
from tests.support.proxy import proxied
from tests.support.running import SMS, emulator


def test_the_page_works_below_a_path(profile: Open) -> None:
    """It is live, sends a flow, and shows it; nothing is asked for elsewhere."""
    with emulator("--rate", "0", "--allowed-hosts", "emu.example") as server, proxied(server.port, "/emu") as url:
        page = profile(f"{url}/emu").open("send")
        expect(page.get_by_label("Callback URL", exact=True)).to_have_value(f"{url}/emu/_emulator/sink")
        page.get_by_role("button", name="Send", exact=True).click()
        page.get_by_role("link", name="Watch this flow").click()
        expect(page.get_by_role("heading", name="Over the wire")).to_be_visible()


def test_what_is_fetched_later_works_below_a_path_too(profile: Open) -> None:
    """A story, its presentation with its styles, and the list of keys."""
    with emulator("--rate", "0", "--allowed-hosts", "emu.example") as server, proxied(server.port, "/emu") as url:
        page = profile(f"{url}/emu").open("stories/bank-code")
        page.get_by_role("button", name="Next scene").click()
        expect(page.locator(".caption")).to_contain_text("Anna pays")
        expect(page.locator(".thread, .nothing")).to_have_count(1)
        page.get_by_role("link", name="Present", exact=True).click()
        expect(page.get_by_role("link", name="Leave")).to_be_visible()
        expect(page.locator(".stop").first).to_have_css("border-style", "solid")
        page.keyboard.press("Escape")
        page.wait_for_url("**/#/stories/bank-code")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def test_a_server_that_hangs_is_not_said_to_be_live(profile: Open) -> None:
    """Its feed would have had a comment meanwhile."""
    with emulator("--rate", "0") as server:
        origin = f"http://127.0.0.1:{server.port}"
        page = profile(origin, bypass_csp=True).open()
        page.clock.install()
        page.evaluate("""async () => {
            const { follow } = await import("./page/lib/reader.js");
            window.states = [];
            const { signal } = new AbortController();
            follow("board/feed", { token: "", signal, onState: (state) => states.push(state), onEvent: () => {} });
        }""")
        page.wait_for_function("states.at(-1) === 'live'")
        server.process.send_signal(signal.SIGSTOP)
        try:
            page.clock.fast_forward(30_000)
            page.wait_for_function("states.at(-1) === 'waiting'")
        finally:
            server.process.send_signal(signal.SIGCONT)
        page.clock.resume()
        page.wait_for_function("states.at(-1) === 'live'")
        server.send(SMS)
        expect(page.get_by_text("1 flow", exact=True)).to_be_visible()
