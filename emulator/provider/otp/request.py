"""What a request for a one-time password becomes where it says nothing, or says it in its own way: in one place. Pure.

Times to live are in seconds here. What one of 0 means is not documented: the message is then good for a day, as long
as any step of a flow.
"""

from __future__ import annotations

from typing import Final

PATH: Final = "/failover-otp"
"""Below which the service is."""
SEND: Final = f"{PATH}/otp/send-failover"
ENTITY: Final = "body"
"""What a request is called in errors, which begin their places with it."""
VIBER: Final = "ViberOtp"
"""The type of a step that brings the password over Viber."""
AFTER_DELIVERY: Final = ("failoverAfterDelivered", "failoverOnDelivered")
"""What the flag may be called that starts the next channel after a delivery: its name is not documented."""
DAY: Final = 24 * 60 * 60
"""Seconds for which a message is good whose ttl is 0."""
