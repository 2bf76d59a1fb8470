"""What a request for a verification becomes where it says nothing: the defaults, in one place. Pure.

The provider keeps most of them as settings of the application. Those that a live account showed are here as it had
them: four digits, three retries, the sender. How long a code is good follows from a documented example; the default
text, and how a code is spoken, are own choices.
"""

from __future__ import annotations

from typing import Final

DIGITS: Final = 4
RETRIES: Final = 3
LIFETIME: Final = 300
"""Seconds for which a code is good."""
SENDER: Final = "verify"
TEMPLATE: Final = "Your verification code is @@pin"
TTL: Final = 4320
"""Minutes until the Sms with the code expires: as long as any Sms, whatever the lifetime of the code."""
LANGUAGE: Final = "en-US"
"""In which a code is spoken."""
