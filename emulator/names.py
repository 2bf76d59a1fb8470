"""Names that the provider would know and the emulator has to invent: of Viber senders. Stable for each id."""

from __future__ import annotations

import importlib
import re
from functools import cache, lru_cache
from typing import Any, Final

LONGEST: Final = 28
"""How many characters a Viber sender's name has at most."""


@lru_cache(4096)
def sender_name(sender_info_tracking_id: str) -> str:
    """The name of the Viber sender with this id: a company's, invented from the id alone."""
    faker = _faker()
    faker.seed_instance(sender_info_tracking_id)
    name = re.sub(r"[^A-Za-z ]+", " ", faker.company())
    return " ".join(name.split())[:LONGEST].strip()


@cache
def _faker() -> Any:
    return importlib.import_module("faker").Faker("en_US")
