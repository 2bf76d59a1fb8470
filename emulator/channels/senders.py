"""Names that the provider would know and the emulator has to invent: of Viber senders. Stable for each id.

Faker is imported on first use, and of it only companies. Each name has a generator of its own, so none depends on
what was asked before, or by whom at the same time.
"""

from __future__ import annotations

import importlib
import re
from functools import lru_cache
from typing import Any, Final

LONGEST: Final = 28
"""How many characters a Viber sender's name has at most."""

_PROVIDERS: Final = ("person", "company")
"""What companies' names are made of: the founders' names, and how companies use them."""


@lru_cache(4096)
def sender_name(sender_info_tracking_id: str) -> str:
    """The name of the Viber sender with this id: a company's, invented from the id alone."""
    name = re.sub(r"[^A-Za-z ]+", " ", _generator(sender_info_tracking_id).company())
    return " ".join(name.split())[:LONGEST].strip()


def _generator(seed: str) -> Any:
    generator = importlib.import_module("faker.generator").Generator()
    generator.seed_instance(seed)
    for provider in _PROVIDERS:
        module = importlib.import_module(f"faker.providers.{provider}.en_US")
        generator.add_provider(module.Provider)
    return generator
