"""The view of scenarios: by topic, kept, written, recorded and tried."""

from __future__ import annotations

import json
from pathlib import Path

from emulator.shipped import folder
from tests.page.browser.conftest import Open, Standing, expect, served
from tests.support.running import SMS, VIBER, Emulator


def test_scenarios_are_listed_by_topic_and_own_ones_first(profile: Open, tmp_path: Path) -> None:
    """The topics are the API's; words narrow them down, to what says them all."""
    (tmp_path / "ours.yaml").write_text("purpose: Ours goes well.\n")
    with served("--rate", "0", "--scenarios", str(tmp_path)) as (server, origin):
        listed = server.call("GET", "/_emulator/scenarios").json()["scenarios"]
        page = profile(origin).open("scenarios")
        heads = page.locator(".group summary h3")
        topics = {each["group"] for each in listed if not each["own"]}
        expect(heads).to_have_count(len(topics) + 1)
        expect(heads.first).to_have_text("Yours")
        yours = page.get_by_role("list", name="Yours").get_by_role("link")
        expect(yours).to_have_text(["ours"])
        page.get_by_label("Search", exact=True).fill("viber UNDELIVERED")
        expect(page.get_by_role("link", name="viber-undelivered")).to_be_visible()
        expect(page.get_by_role("link", name="ours")).to_have_count(0)
        page.get_by_label("Search", exact=True).fill("ours well")
        expect(page.locator(".scenarios a")).to_have_text(["ours"])
        page.get_by_label("Search", exact=True).fill("busy 429 hangs")
        expect(page.get_by_role("status").filter(has_text="No scenario has “busy 429 hangs”")).to_be_visible()
        page.get_by_label("Search", exact=True).fill("NoAnswer")
        expect(page.get_by_role("link", name="voice-no-answer")).to_be_visible()


def test_what_is_written_is_kept_renamed_downloaded_and_deleted(standing: Standing, profile: Open) -> None:
    """It is listed as the user's, survives a reload and a reset, and can be put back once it is deleted."""
    server, origin = standing
    page = profile(origin).open("scenarios")
    page.get_by_role("link", name="New scenario").click()
    page.get_by_role("button", name="Save and activate").click()
    expect(page.get_by_text("Name it first.")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("ours")
    page.get_by_label("Scenario (YAML)").fill("purpose: Ours fails.\nrules:\n  - plan: {Sms: Failed}\n")
    page.get_by_role("button", name="Save and activate").click()
    expect(page.get_by_role("heading", name="Active: ours")).to_be_visible()
    server.call("POST", "/_emulator/reset", b"{}")
    page.reload()
    expect(page.get_by_role("region", name="the scenario ours")).to_contain_text("Ours fails.")
    page.get_by_role("link", name="← All scenarios").click()
    expect(page.get_by_role("list", name="Yours").get_by_role("link")).to_have_text(["ours"])
    page.get_by_role("button", name="Activate ours").click()
    page.get_by_role("list", name="Yours").get_by_role("link", name="ours").click()
    page.get_by_text("Edit", exact=True).click()
    page.get_by_label("Name", exact=True).fill("theirs")
    page.get_by_label("Scenario (YAML)").fill("purpose: Theirs.\nrules:\n  - plan: {Sms: Unsent}\n")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="theirs is saved.")).to_be_visible()
    expect(page.get_by_role("heading", name="Active: theirs")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download theirs.yaml").click()
    assert (download.value.suggested_filename, download.value.path().read_text()[:16]) == (
        "theirs.yaml",
        "purpose: Theirs.",
    )
    page.get_by_role("button", name="Delete theirs").click()
    expect(page.get_by_text("theirs is deleted. Where it is active, it stays so.")).to_be_visible()
    assert not [each for each in server.call("GET", "/_emulator/scenarios").json()["scenarios"] if each["kept"]]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("region", name="the scenario theirs")).to_contain_text("Theirs.")


def test_a_name_that_is_taken_is_refused_and_nothing_typed_is_lost(standing: Standing, profile: Open) -> None:
    """A file's, or that of another text."""
    server, origin = standing
    server.call("PUT", "/_emulator/scenarios/theirs", b'{"text": "purpose: theirs"}')
    page = profile(origin, "40[09]").open("scenarios/happy")
    page.get_by_text("Edit a copy").click()
    name, text = page.get_by_label("Name", exact=True), page.get_by_label("Scenario (YAML)")
    expect(name).to_have_value("happy-changed")
    text.fill("purpose: typed")
    name.fill("all-fail")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("the name 'all-fail' is that of a file; keep it under another")).to_be_visible()
    expect(text).to_have_value("purpose: typed")
    for width in (390, 1000, 1280):
        page.set_viewport_size({"width": width, "height": 600})
        name.fill("my busy lines")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(name).to_be_focused()
        expect(page.locator("p[role=alert]").filter(has_text="letters")).to_be_in_viewport(ratio=1)
        box = name.bounding_box()
        assert box is not None
        at = [box["x"] + 9, box["y"] + 9]
        assert page.evaluate("at => document.elementFromPoint(...at) === document.activeElement", at)
    name.fill("theirs")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("another scenario is kept as 'theirs'")).to_be_visible()
    page.reload()
    page.get_by_text("Edit a copy").click()
    expect(name).to_have_value("theirs")
    assert server.call("GET", "/_emulator/scenarios/theirs").json()["text"] == "purpose: theirs"
    name.fill("ours")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("region", name="the scenario ours")).to_contain_text("typed")
    page.get_by_text("Edit", exact=True).click()
    page.get_by_label("Name", exact=True).fill("theirs")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("another scenario is kept as 'theirs'")).to_be_visible()


EXPECTING = """purpose: x
rules:
  - plan: {Sms: Failed}
expect:
  - {send: [Sms], status: Failed}
  - {send: [Viber, Sms], status: Failed}
"""


def test_what_a_scenario_expects_is_tried(standing: Standing, profile: Open) -> None:
    """As it stands, with each expectation's result; and as it is written."""
    server, origin = standing
    server.call("PUT", "/_emulator/scenarios/ours", json.dumps({"text": EXPECTING}).encode())
    page = profile(origin).open("scenarios/ours")
    page.get_by_role("button", name="Run its expectations").click()
    expect(page.get_by_text("1 of 2 expectations not met")).to_be_visible()
    results = page.get_by_role("list", name="Expectations").locator("> li")
    expect(results.first).to_contain_text("✓ met Sms line 5")
    expect(results.last).to_contain_text("expected Failed, but it comes to Succeeded")
    page.get_by_text("Edit", exact=True).click()
    text, editor = page.get_by_label("Scenario (YAML)"), page.locator(".editor")
    text.fill(EXPECTING.replace("[Viber, Sms], status: Failed", "[Viber, Sms], status: Succeeded"))
    editor.get_by_role("button", name="Run its expectations").click()
    expect(editor.get_by_text("2 expectations met")).to_be_visible()
    editor.get_by_role("button", name="line 6").click()
    at = EXPECTING.index("  - {send: [Viber")
    assert text.evaluate("area => [area.selectionStart, area === document.activeElement]") == [at, True]


def recorded(server: Emulator) -> list[str]:
    """Two flows, of which one fails on Viber."""
    names = [
        server.send({**VIBER, "to": "+306900000100", "order": 1}, {**SMS, "to": "+306900000100", "order": 2}),
        server.send({**SMS, "to": "+306900000030"}),
    ]
    server.advance(until="idle")
    return names


def test_what_happened_is_saved_as_a_scenario_from_the_view(standing: Standing, profile: Open) -> None:
    """The flows that are chosen come to the same under it."""
    server, origin = standing
    names = recorded(server)
    page = profile(origin).open("scenarios/~new")
    page.get_by_text("Write it from what happened").click()
    for box in page.get_by_role("list", name="Latest flows").get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Write 2 flows as a scenario").click()
    expect(page.get_by_text("It replays 2 flows")).to_be_visible()
    text = page.get_by_label("Scenario (YAML)").input_value()
    assert all(name in text for name in names)
    expect(page.get_by_label("Name", exact=True)).to_have_value("recorded")
    page.get_by_role("button", name="Save and activate").click()
    expect(page.get_by_role("heading", name="Active: recorded")).to_be_visible()
    (again,) = recorded(server)[:1]
    before, after = (server.call("GET", f"/_emulator/flows/{name}").json() for name in (names[0], again))
    assert after["scenario"] == "recorded"
    assert [each["status"]["name"] for each in after["messages"]] == ["UNDELIVERED", "Delivered"]
    assert [each["status"]["name"] for each in before["messages"]] == ["UNDELIVERED", "Delivered"]


def test_a_flow_and_those_of_a_list_are_saved_as_a_scenario(standing: Standing, profile: Open) -> None:
    """From where they are looked at; nothing is kept before it is saved."""
    server, origin = standing
    names = recorded(server)
    watched = profile(origin)
    flow = watched.open(f"flows/{names[0]}")
    flow.get_by_text("Copy as", exact=True).click()
    flow.get_by_role("link", name="Save as a scenario").click()
    expect(flow.get_by_text("It replays 1 flow")).to_be_visible()
    assert names[0] in flow.get_by_label("Scenario (YAML)").input_value()
    listed = watched.open("board?view=list")
    listed.get_by_label("All of this page").check()
    listed.get_by_role("link", name="Save as a scenario").click()
    expect(listed.get_by_text("It replays 2 flows")).to_be_visible()
    assert not [each for each in server.call("GET", "/_emulator/scenarios").json()["scenarios"] if each["kept"]]


SUGGESTED = [
    ("ru¦", "rules"),
    ("rules:\n  - pl¦", "plan"),
    ("rules:\n- name: x\n  an¦", "answer"),
    ("rules:\n  - plan: {V¦", "Viber Voice"),
    ("rules:\n  - plan: {Sms: Failed, Viber: UN¦}", "UNDELIVERED UNSENT"),
    ("rules:\n  - plan:\n      Sms:\n        - {after: 5s, status: D¦", "Delivered"),
    ("rules:\n  - plan:\n      Sms:\n        - after: 5s\n          st¦", "status"),
    ("rules:\n  - match: {to: {st¦", "starts"),
    ("when_empty: ¦", "refuse fail"),
    ("rules:\n  - plan: {Sms: Failed}\nex¦", "expect"),
    ("expect:\n  - {send: [Viber, S¦", "Sms"),
    ('{"rules": [{"plan": {"Sms": F¦', "Failed"),
    ("# ru¦", ""),
    ('purpose: "ru¦', ""),
    ("purpose: |\n  ru¦", ""),
    ("rules:\n  - plan: {Sms: Failed¦}", ""),
]


def test_what_can_stand_at_a_place_follows_from_the_schema(standing: Standing, profile: Open) -> None:
    """In maps and lists, with and without brackets; nothing is offered in comments and texts."""
    page = profile(standing[1]).open("scenarios")
    asked = """async (texts) => {
      const { place } = await import('/_emulator/page/later/yaml.js');
      const { suggestions } = await import('/_emulator/page/later/schema.js');
      const schema = await (await fetch('/_emulator/schemas/scenario.json')).json();
      return texts.map((text) => {
        const here = place(text.replace('¦', ''), text.indexOf('¦'));
        return here ? suggestions(schema, here).map(({ label }) => label).join(' ') : '';
      });
    }"""
    assert page.evaluate(asked, [text for text, _ in SUGGESTED]) == [found for _, found in SUGGESTED]


def test_the_colours_of_a_text_leave_it_as_it_is(standing: Standing, profile: Open) -> None:
    """Each shipped scenario, its names, times and comments."""
    page = profile(standing[1]).open("scenarios")
    texts = [file.read_text("utf-8") for file in sorted(folder("scenarios").rglob("*.yaml"))]
    asked = """async (texts) => {
      const { coloured } = await import('/_emulator/page/later/yaml.js');
      return texts.map((text) => coloured(text).map((line) => line.map(([, part]) => part).join('')).join('\\n'));
    }"""
    assert page.evaluate(asked, texts) == texts
    one = 'to: {a: 5s, "b": $c} # d\ntext: |\n  e: f'
    kinds = "(text) => import('/_emulator/page/later/yaml.js').then(({ coloured }) => coloured(text))"
    first, _, last = page.evaluate(kinds, one)
    assert [part for part in first if part[0] not in {"", "sign"}] == [
        ["key", "to"],
        ["key", "a"],
        ["number", "5s"],
        ["key", '"b"'],
        ["reference", "$c"],
        ["comment", "# d"],
    ]
    assert last == [["string", "  e: f"]]


def test_what_is_typed_is_completed_by_keyboard(standing: Standing, profile: Open) -> None:
    """The text area keeps the focus, and says what is chosen; what was taken can be undone; Tab leaves otherwise."""
    page = profile(standing[1]).open("scenarios/~new")
    area = page.get_by_label("Scenario (YAML)")
    area.fill("")
    area.press_sequentially("purpose: x\nru")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options).to_have_count(1)
    area.press("Tab")
    expect(area).to_have_value("purpose: x\nrules: ")
    area.press("Backspace")
    area.press("Enter")
    area.press_sequentially("- plan: {V")
    expect(options).to_have_count(2)
    area.press("ArrowDown")
    area.press("ArrowDown")
    chosen = page.locator(f"[id='{area.get_attribute('aria-activedescendant')}']")
    expect(chosen).to_contain_text("Voice")
    expect(chosen).to_have_attribute("aria-selected", "true")
    area.press("ArrowUp")
    area.press("Enter")
    expect(area).to_have_value("purpose: x\nrules:\n  - plan: {Viber: ")
    expect(options.first).to_contain_text("QUEUED")
    area.press("Escape")
    expect(options).to_have_count(0)
    assert area.get_attribute("aria-activedescendant") is None
    area.press("Control+Space")
    area.press_sequentially("UND")
    area.press("Tab")
    area.press_sequentially("}")
    expect(area).to_have_value("purpose: x\nrules:\n  - plan: {Viber: UNDELIVERED}")
    area.press("Control+z")
    expect(area).not_to_have_value("purpose: x\nrules:\n  - plan: {Viber: UNDELIVERED}")
    area.press("Tab")
    expect(area).not_to_be_focused()


def test_what_is_wrong_stands_at_its_line(standing: Standing, profile: Open) -> None:
    """In colours, where those may be; in forced colours the text alone is shown."""
    watched = profile(standing[1])
    page = watched.open("scenarios/~new")
    area = page.get_by_label("Scenario (YAML)")
    area.fill("purpose: x\nrules:\n  - plan: {Sms: Faild}\n")
    line = page.locator(".layer > .wrong")
    expect(line).to_contain_text("- plan: {Sms: Faild}  ←")
    expect(line).to_contain_text("did you mean 'Failed'?")
    expect(page.locator(".gutter .wrong")).to_have_text("3")
    clear = "area => getComputedStyle(area).color"
    assert area.evaluate(clear) == "rgba(0, 0, 0, 0)"
    page.emulate_media(forced_colors="active")
    expect(page.locator(".layer").last).to_be_hidden()
    assert area.evaluate(clear) != "rgba(0, 0, 0, 0)"


def test_rules_on_top_are_completed_too(standing: Standing, profile: Open) -> None:
    """As those of a scenario, and with their uses; a line begins where the one before did."""
    page = profile(standing[1]).open("scenarios")
    page.get_by_text("Add override rules").click()
    area = page.get_by_label("Rules (YAML)")
    area.fill("rules:")
    area.press("Enter")
    area.press_sequentially("- name: a")
    area.press("Enter")
    area.press_sequentially("us")
    page.get_by_role("option", name="uses").click()
    area.press_sequentially("3")
    expect(area).to_have_value("rules:\n  - name: a\n    uses: 3")
    expect(area).to_be_focused()


def test_a_common_wish_is_written_by_a_form(standing: Standing, profile: Open) -> None:
    """Into the text, which stays the source; a second wish stands above the first, and what was written stays."""
    server, origin = standing
    page = profile(origin).open("scenarios/~new")
    panel = page.get_by_role("region", name="New scenario")
    panel.get_by_text("Write a rule by form").click()
    form = panel.get_by_role("form", name="Rule by form")
    form.get_by_label("For").select_option("numbers that begin with")
    expect(form.get_by_role("button", name="Add this rule")).to_be_disabled()
    form.get_by_role("textbox", name="Number").fill("+30 691")
    form.get_by_label("Share of recipients, %").fill("30")
    viber = form.get_by_role("group", name="Viber")
    viber.get_by_role("combobox").select_option("EXPIRED")
    viber.get_by_label("after").fill("5s")
    form.get_by_role("group", name="Sms").get_by_role("combobox").select_option("Failed")
    form.get_by_role("button", name="Add this rule").click()
    area = panel.get_by_label("Scenario (YAML)")
    words = "Viber expires after 5s, Sms fails for numbers that begin with +30691, for 30% of recipients"
    first = (
        f'purpose: "{words}."\nrules:\n  - name: "{words}"\n    match: {{to: {{starts: "+30691"}}, share: 30%}}\n'
        "    plan: {Viber: [{after: 5s, status: EXPIRED}], Sms: Failed}\n"
    )
    expect(area).to_have_value(first)
    expect(area).to_be_focused()
    form.get_by_label("For").select_option("one number")
    form.get_by_role("textbox", name="Number").fill("+306900000999")
    form.get_by_role("group", name="Voice").get_by_role("combobox").select_option("silence")
    form.get_by_role("button", name="Add this rule").click()
    second = (
        '  - name: "Voice reports nothing for +306900000999"\n    match: {to: "+306900000999"}\n'
        "    plan: {Voice: silence}\n"
    )
    head, rest = first.split("rules:\n")
    expect(area).to_have_value(f"{head}rules:\n{second}{rest}")
    expect(panel.get_by_text("Valid", exact=True)).to_be_visible()
    panel.get_by_label("Name", exact=True).fill("wished")
    panel.get_by_role("button", name="Save and activate").click()
    expect(page.get_by_role("heading", name="Active: wished")).to_be_visible()
    assert len(server.call("GET", "/_emulator/scenario").json()["rules"]) == 2


def test_a_wish_can_hold_for_the_next_requests_alone(standing: Standing, profile: Open) -> None:
    """On top of what is active; where rules can't be told apart, it is not written."""
    page = profile(standing[1]).open("scenarios")
    page.get_by_text("Add override rules").click()
    page.get_by_text("Write a rule by form").click()
    form, area = page.get_by_role("form", name="Override by form"), page.get_by_label("Rules (YAML)")
    form.get_by_role("group", name="Sms").get_by_role("combobox").select_option("Unsent")
    form.get_by_label("Requests").fill("2")
    form.get_by_role("button", name="Add this rule").click()
    expect(area).to_have_value('rules:\n  - name: "Sms isn\'t sent"\n    plan: {Sms: Unsent}\n    uses: 2\n')
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".overrides li")).to_contain_text("2 uses left")
    area.fill("rules: [{plan: {Sms: Failed}}]")
    form.get_by_role("group", name="Sms").get_by_role("combobox").select_option("Unsent")
    form.get_by_role("button", name="Add this rule").click()
    expect(page.get_by_text("The rules of this text are not one below the other")).to_be_visible()
    expect(area).to_have_value("rules: [{plan: {Sms: Failed}}]")


def test_every_wish_is_taken_by_the_emulator(standing: Standing, profile: Open) -> None:
    """Each channel and ending, for whomever, soon or as usual."""
    server, origin = standing
    page = profile(origin).open("scenarios")
    asked = """async () => {
      const { CHANNELS, endings, ruled, withRule } = await import('/_emulator/page/later/wishing.js');
      const texts = [];
      for (const channel of CHANNELS) for (const status of endings(channel)) for (const after of ['', '1h30m'])
        for (const who of ['all', 'one', 'some']) for (const share of [1, 100]) {
          const wish = { who, number: '+30 691', share, ends: { [channel]: { status, after } }, uses: '' };
          texts.push(withRule('purpose: x', ruled(wish)));
        }
      return texts;
    }"""
    texts = page.evaluate(asked)
    assert len(texts) > 100
    for text in texts[::7]:
        body = json.dumps({"text": text}).encode()
        assert server.call("POST", "/_emulator/scenarios/check", body).json()["problems"] == [], text
