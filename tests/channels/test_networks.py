"""Networks of countries."""

from __future__ import annotations

import pytest

from emulator.channels import networks, numbers


def test_every_country_that_has_numbers_has_a_name_a_code_and_networks() -> None:
    """No code of another form, no network twice."""
    assert set(networks.countries()) == set(networks.mccs()) == set(networks.networks()) == numbers.countries()
    assert all(len(code) == 3 and code.isdigit() for code in networks.mccs().values())
    for found in networks.networks().values():
        assert len({each.name for each in found}) == len({each.mnc for each in found}) == len(found) > 0


@pytest.mark.parametrize(
    ("country", "name", "mcc"),
    [("GR", "Greece", "202"), ("CY", "Cyprus", "280"), ("US", "United States", "310"), ("XK", "Kosovo", "221")],
)
def test_countries_have_their_names_and_codes(country: str, name: str, mcc: str) -> None:
    """In English; of several codes the first."""
    assert (networks.countries()[country], networks.mccs()[country]) == (name, mcc)


@pytest.mark.parametrize("number", ["+306912345678", "+35799123456", "+12025550123", "+12425551234", "+77011234567"])
def test_the_network_that_a_message_is_shown_with_is_among_its_country_s(number: str) -> None:
    """Whether the library knows it or not."""
    listed = {each.name for each in networks.networks()[numbers.country(number)]}
    assert numbers.network(number) in listed


def test_the_names_of_all_networks_are_known() -> None:
    """Those of every country, and the invented ones of numbers without a country."""
    assert {each.name for found in networks.networks().values() for each in found} <= networks.names()
    assert numbers.network("1111@sip.example") in networks.names()
    assert "Cosmot" not in networks.names()
