"""Names of Viber senders: the provider has them on record, so the emulator invents one for each id.

A name depends on its id alone: each is made by a generator of its own. Faker is imported on first use, and only its
companies.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

Named = Callable[[str], str]
"""Answers the name of the Viber sender with an id."""
LONGEST: Final = 28
"""How many characters a Viber sender's name may have."""

_PROVIDERS: Final = ("person", "company")
"""What a company's name is made of in Faker: its founders' names, and the patterns for them."""


@lru_cache(4096)
def sender_name(sender_info_tracking_id: str) -> str:
    """The invented name of the Viber sender with this id: a company's, in letters and spaces."""
    generator = importlib.import_module("faker.generator").Generator()
    generator.seed_instance(sender_info_tracking_id)
    for provider in _PROVIDERS:
        generator.add_provider(importlib.import_module(f"faker.providers.{provider}.en_US").Provider)
    name = re.sub(r"[^A-Za-z ]+", " ", generator.company())
    return " ".join(name.split())[:LONGEST].strip()
