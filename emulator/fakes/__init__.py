"""Made-up requests, numbers and callbacks for anybody's tests: a provider for Faker. It needs no server.

    fake = Faker()
    fake.add_provider(FailoverProvider)
    fake.seed_instance(7)
    fake.failover_flow(channels=("Viber", "Sms"))

Equal seeds give equal values, as with all of Faker.
"""

from __future__ import annotations

from emulator.fakes.mistakes import MISTAKES, Broken
from emulator.fakes.provider import FailoverProvider

__all__ = ["MISTAKES", "Broken", "FailoverProvider"]
