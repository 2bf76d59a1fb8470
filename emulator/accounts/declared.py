"""What the files of the settings say of accounts, for all applications alike: who gets a token, what messages cost,
and which templates, senders and contacts there are.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from emulator.accounts import contacts, credentials, prices, senders, templates
from emulator.accounts.contacts import DeclaredContacts
from emulator.accounts.prices import Prices
from emulator.accounts.senders import Senders
from emulator.accounts.tokens import Account
from emulator.channels.templates import Template
from emulator.settings import Settings


class Declared(Struct, frozen=True):
    """The `accounts` by application, None if there may be any; the `prices`; the Viber `templates` by id, None if there
    may be any; the `senders` and the `contacts`.
    """

    accounts: dict[str, Account] | None
    prices: Prices
    templates: Mapping[str, Template] | None
    senders: Senders
    contacts: DeclaredContacts


def load(settings: Settings) -> Declared:
    """What the files say. Raises an EmulatorError with all that is wrong with one."""
    return Declared(
        credentials.load(settings.credentials),
        prices.load(settings.prices),
        templates.load(settings.templates),
        senders.load(settings.senders),
        contacts.load(settings.contacts),
    )
