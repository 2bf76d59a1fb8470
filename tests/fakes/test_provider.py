"""Made-up requests, numbers and callbacks: valid, varied, and equal for equal seeds."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import phonenumbers
import pytest
from faker import Factory, Faker
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.channels.numbers import country
from emulator.channels.table import CHANNELS, Channel
from emulator.channels.templates import OTPS, filled
from emulator.errors import Json
from emulator.fakes import FailoverProvider
from emulator.flow.request import Request, Strategy
from emulator.provider import requests
from emulator.provider.failover import reading
from emulator.provider.otp.request import SEND

SEEDS = st.integers(0, 2**32)
FLOWS = st.lists(st.sampled_from([channel.value for channel in Channel]), min_size=1, max_size=4)
STATUSES = ["InProgress", "Succeeded", "Failed"]
MEMBERS = [
    *("trackingId", "messages", "terminationChannel", "status", "statusCode", "totalPrice"),
    *("originatingService", "applicationId", "createdAt", "updatedAt"),
]
"""What every callback has, in its order."""
EVERYTHING: dict[str, Callable[[FailoverProvider], object]] = {
    "flow": lambda fake: fake.failover_flow(),
    "invalid flow": lambda fake: fake.invalid_failover_flow(),
    "transactional flow": lambda fake: fake.transactional_flow(),
    "one-time password": lambda fake: fake.otp_flow(),
    "sms": lambda fake: fake.sms_message(),
    "viber": lambda fake: fake.viber_message(),
    "call": lambda fake: fake.voice_call(),
    "code": lambda fake: fake.two_step_code(),
    "phone": lambda fake: fake.phone_of("GR"),
    "callback": lambda fake: fake.failover_callback(),
}


def fakes(seed: int, locale: str = "en_US") -> FailoverProvider:
    """The provider on a seeded generator of its own."""
    generator = Factory.create(locale)
    generator.seed_instance(seed)
    return FailoverProvider(generator)


def accepted(body: Json) -> Request:
    """The request of a body, as the emulator understands it."""
    return reading.failover(json.dumps(body).encode())


def within(part: Any, whole: Any) -> bool:
    """Whether all members of one value, and of the objects in it, are in the other."""
    if not isinstance(part, dict):
        return bool(part == whole)
    return all(name in whole and within(value, whole[name]) for name, value in part.items())


def test_the_provider_is_added_to_faker() -> None:
    """As any other provider."""
    fake: Any = Faker()
    fake.add_provider(FailoverProvider)
    fake.seed_instance(7)
    assert fake.failover_flow(channels=("Viber", "Sms")) == fakes(7).failover_flow(("Viber", "Sms"))


@pytest.mark.parametrize("make", EVERYTHING.values(), ids=EVERYTHING)
def test_equal_seeds_give_equal_values(make: Callable[[FailoverProvider], object]) -> None:
    """One after the other; other seeds give others."""
    first, second = ([make(fake) for _ in range(20)] for fake in (fakes(7), fakes(7)))
    assert first == second
    assert first != [make(fake) for fake in [fakes(8)] for _ in range(20)]


@given(SEEDS, st.sampled_from(["en_US", "el_GR", "ja_JP"]))
def test_single_messages_and_codes_are_accepted_by_their_services_without_a_remark(seed: int, locale: str) -> None:
    """With a callback where one can be named."""
    fake, url = fakes(seed, locale), "http://127.0.0.1:8081/hook"
    made = {"sms": fake.sms_message(url), "viber": fake.viber_message(url), "voice": fake.voice_call(url)}
    for kind, body in (made | {"2step": fake.two_step_code()}).items():
        asked = requests.read(json.dumps(body).encode())
        assert (asked.kind, asked.remarks) == (kind, ())
        assert (kind == "2step") or (asked.request.callback and asked.request.callback.url == url)


@given(SEEDS, st.sampled_from(["en_US", "el_GR", "ja_JP"]))
def test_templates_and_passwords_are_accepted_without_a_remark_and_filled(seed: int, locale: str) -> None:
    """Their services know each member; every template has all that it needs."""
    fake, url = fakes(seed, locale), "http://127.0.0.1:8081/hook"
    transactional, password = fake.transactional_flow(callback_url=url), fake.otp_flow(callback_url=url)
    for kind, body, path in (("transactional", transactional, requests.TRANSACTIONAL), ("otp", password, SEND)):
        asked = requests.read(json.dumps(body).encode(), path)
        assert (asked.kind, asked.remarks) == (kind, ())
        assert asked.request.callback
        assert asked.request.callback.url == url
    for step in transactional["flow"]:
        if step["type"] == "Viber":
            template, language, values = (step[name] for name in ("templateId", "templateLang", "templateParams"))
            assert values["pin"] in filled(OTPS[template], step["senderInfoTrackingId"], language, values)


def test_a_password_goes_over_the_given_channels_which_are_no_calls() -> None:
    """In their order, all to one number."""
    flow = fakes(7).otp_flow(("Sms", "Viber", "Viber"))["flow"]
    assert [(step["type"], step["order"]) for step in flow] == [("Sms", 1), ("ViberOtp", 2), ("ViberOtp", 3)]
    assert len({step["to"] for step in flow}) == 1
    with pytest.raises(ValueError, match="over Viber and Sms only"):
        fakes(7).otp_flow(("Voice",))


@given(SEEDS, FLOWS)
def test_a_flow_goes_over_the_given_channels_in_order(seed: int, channels: list[str]) -> None:
    """Also over one several times; all steps go to one number."""
    body = fakes(seed).failover_flow(channels)
    request = accepted(body)
    assert [step.channel for step in request.flow] == channels
    assert [step.order for step in request.flow] == list(range(1, len(channels) + 1))
    assert len({step.to for step in request.flow}) == 1
    assert "callback" not in body


@given(SEEDS, st.sampled_from(["en_US", "el_GR", "ru_RU", "ja_JP"]))
def test_a_flow_has_one_to_three_channels_unless_they_are_given(seed: int, locale: str) -> None:
    """Different ones; texts in any language are accepted."""
    channels = [step.channel for step in accepted(fakes(seed, locale).failover_flow()).flow]
    assert 1 <= len(set(channels)) == len(channels) <= 3


@given(SEEDS)
def test_nothing_of_a_flow_is_ignored(seed: int) -> None:
    """Each member is one that the API knows, in its own spelling."""
    body = fakes(seed).failover_flow(callback_url="http://127.0.0.1:8081/hook")
    echoed = json.loads(msgspec.json.encode(accepted(body)))
    for step, understood in zip(body["flow"], echoed["flow"], strict=True):
        plans = {"dialPlans": [step.pop("dialPlan")]} if "dialPlan" in step else {}
        assert within(step | plans, understood)


@pytest.mark.parametrize("strategy", [Strategy.ON_STEP, Strategy.ON_COMPLETION])
def test_a_callback_comes_with_a_url(strategy: Strategy) -> None:
    """With either strategy."""
    url = "http://127.0.0.1:8081/hook"
    body = fakes(1).failover_flow(callback_url=url, strategy=strategy.value)
    assert body["callback"] == {"strategy": strategy.value, "url": url}
    assert msgspec.to_builtins(accepted(body).callback) == body["callback"]


def test_a_channel_that_there_is_not_is_refused() -> None:
    """In words."""
    with pytest.raises(ValueError, match="'Email' is not a valid Channel"):
        fakes(1).failover_flow(("Sms", "Email"))


@pytest.mark.parametrize(
    ("channel", "optional"),
    [
        ("Sms", "failoverOnStatuses message.flash message.label message.transcode"),
        ("Viber", "failoverOnStatuses expireOnDelivery inboundUrl label message.text message.imageUrl message.action"),
        ("Viber", "message.viberFile message.viberVideo"),
        ("Voice", "failoverOnStatuses machineDetection"),
    ],
)
def test_each_optional_member_is_there_at_times(channel: str, optional: str) -> None:
    """And at times it is not."""
    fake = fakes(7)
    steps = [fake.failover_flow((channel,))["flow"][0] for _ in range(100)]
    for path in optional.split():
        *parent, name = path.split(".")
        assert {name in (step["message"] if parent else step) for step in steps} == {True, False}


def test_texts_ttls_statuses_and_verbs_vary() -> None:
    """Between flows of one generator, and so between seeds."""
    fake = fakes(7)
    flows = [fake.failover_flow(tuple(Channel))["flow"] for _ in range(100)]
    assert len({sms["message"]["body"] for sms, _, _ in flows}) == 100
    assert len({(sms["ttl"], viber["ttl"]) for sms, viber, _ in flows}) == 100
    assert {verb["type"] for _, _, voice in flows for verb in voice["dialPlan"]["verbs"]} == {"SAY", "PLAY"}
    for index, channel in enumerate(Channel):
        listed = {status for flow in flows for status in flow[index].get("failoverOnStatuses", [])}
        assert listed == set(CHANNELS[channel].legal_failover)


@pytest.mark.parametrize("region", ["GR", "CY", "DE", "GB", "FR", "IT", "US", "MT", "CI", "KZ", "AI"])
@settings(max_examples=20)
@given(seed=SEEDS)
def test_a_number_is_a_valid_mobile_one_of_its_country(region: str, seed: int) -> None:
    """The emulator sees the same country in it."""
    written = fakes(seed).phone_of(region)
    number = phonenumbers.parse(written)
    assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == written
    assert phonenumbers.is_valid_number_for_region(number, region)
    assert phonenumbers.number_type(number) in (1, 2)
    assert country(written) == region


def test_numbers_vary() -> None:
    """Hardly any comes twice."""
    fake = fakes(7)
    assert len({fake.phone_of("GR") for _ in range(100)}) > 95


@pytest.mark.parametrize("region", ["XX", "gr", "", "Greece"])
def test_a_country_that_there_is_not_is_refused(region: str) -> None:
    """In words."""
    with pytest.raises(ValueError, match=f"no mobile numbers are known of '{region}'"):
        fakes(1).phone_of(region)


@pytest.mark.parametrize("status", STATUSES)
@given(seed=SEEDS, channels=FLOWS)
def test_a_callback_tells_of_a_flow_in_the_given_status(status: str, seed: int, channels: list[str]) -> None:
    """Whatever the channels: the steps that have started, and how the flow stands."""
    body = fakes(seed).failover_callback(channels, status)
    assert list(body) == MEMBERS
    assert body["status"] == status
    assert (body["statusCode"] is not None) is (status == "Failed")
    assert (body["terminationChannel"] is not None) is (status != "InProgress")
    started = sorted({each["order"]: each["type"] for each in body["messages"]}.items())
    assert started == list(enumerate(channels, 1))[: len(started)]


@given(SEEDS)
def test_a_callback_is_json_that_adds_up(seed: int) -> None:
    """Its price is that of its messages; each says when it began and where it stands."""
    body = fakes(seed).failover_callback()
    assert json.loads(json.dumps(body)) == body
    assert body["totalPrice"] == pytest.approx(sum(each["price"] for each in body["messages"]), abs=0.001)
    assert all(each["status"]["name"] in CHANNELS[each["type"]].statuses for each in body["messages"])
    assert body["createdAt"] <= min(each["createdAt"] for each in body["messages"]) <= body["updatedAt"]


def test_callbacks_vary() -> None:
    """They tell of every status, of every end on each channel, and of flows that went on to a third step."""
    fake = fakes(7)
    bodies = [fake.failover_callback() for _ in range(500)]
    assert {body["status"] for body in bodies} == set(STATUSES)
    assert {body["terminationChannel"] for body in bodies} == {*Channel, None}
    assert {body["statusCode"] for body in bodies} == {None, "1", "2", "3"}
    assert {each["order"] for body in bodies for each in body["messages"]} == {1, 2, 3}


@pytest.mark.parametrize("status", ["Queued", "Delivered"])
def test_a_status_that_no_callback_tells_is_refused(status: str) -> None:
    """Callbacks begin with the first report."""
    with pytest.raises(ValueError, match=status):
        fakes(1).failover_callback(status=status)
