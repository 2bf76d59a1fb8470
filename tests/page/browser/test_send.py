"""Sending from the page: what shall become of it is chosen in words, and the number follows."""

from __future__ import annotations

import re

from tests.page.browser.conftest import Open, Standing, expect


def test_an_outcome_is_chosen_in_words_and_comes_true(standing: Standing, profile: Open) -> None:
    """The recipient follows; the magic numbers are still there."""
    _, origin = standing
    page = profile(origin).open("send")
    outcome, to = page.get_by_label("Outcome"), page.get_by_label("Recipient", exact=True)
    chosen = outcome.locator("option:checked")
    expect(chosen).to_have_text("Viber isn't delivered, then Sms is delivered · +306900000100")
    expect(outcome.locator("optgroup").nth(0).locator("option").first).to_have_text(
        "Viber is delivered · +306900000000"
    )
    outcome.select_option("Viber expires, then Sms fails (out of credit) · +306900000240")
    expect(to).to_have_value("+306900000240")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("link", name="Watch this flow").click()
    page.get_by_role("button", name="To its end").click()
    expect(page.locator(".outcome")).to_have_text(
        re.compile(r"Not delivered, out of credit \(statusCode 1\): Viber EXPIRED .* → Sms Failed")
    )
    page.get_by_role("link", name="Send", exact=True).click()
    to.fill("+306912345678")
    expect(chosen).to_have_text("that of the number below")
    page.get_by_text("Magic numbers").click()
    page.get_by_role("button", name="+306900000300").click()
    expect(chosen).to_have_text("Viber fails, then Sms is delivered · +306900000300")


def test_outcomes_follow_the_channels_and_what_fails_over(standing: Standing, profile: Open) -> None:
    """By keyboard; what can't come of the request is not offered."""
    _, origin = standing
    page = profile(origin, "400").open("send")
    outcome, body = page.get_by_label("Outcome"), page.get_by_label("Body of POST /failover")
    options = outcome.locator("option")
    expect(options.filter(has_text="Viber expires, then Sms is delivered")).to_have_count(1)
    body.fill(body.input_value().replace('"EXPIRED",', ""))
    expect(options.filter(has_text="Viber expires (this status doesn't trigger failover)")).to_have_count(1)
    expect(options.filter(has_text="Viber expires, then")).to_have_count(0)
    page.get_by_role("button", name="+ Voice").click()
    expect(options.filter(has_text=re.compile("then Voice is answered · "))).not_to_have_count(0)
    outcome.focus()
    page.keyboard.type("Viber is seen")
    expect(page.get_by_label("Recipient", exact=True)).to_have_value("+306900000500")
    body.fill('{"flow": [{"type": "Sms"}]}')
    expect(outcome).to_be_disabled()


def test_sample_texts_are_chosen_by_trade_and_language(standing: Standing, profile: Open) -> None:
    """The body follows; what was chosen is kept."""
    _, origin = standing
    page = profile(origin).open("send")
    text = page.get_by_label("Text", exact=True)
    page.get_by_label("Sample text").get_by_label("Sample text").select_option("Clinic")
    expect(text).to_have_value(re.compile("^Your appointment with Dr Pappas"))
    page.get_by_label("Language").select_option("Ελληνικά")
    expect(text).to_have_value(re.compile("^Το ραντεβού σας"))
    expect(page.get_by_label("Body of POST /failover")).to_have_value(
        re.compile("Το ραντεβού σας.*Το ραντεβού", re.DOTALL)
    )
    page.reload()
    expect(page.get_by_label("Language")).to_have_value("el")
    expect(text).to_have_value(re.compile("^Το ραντεβού σας"))
