"""The words that the client's calls take, so that an editor offers them and a type checker finds a misspelt one."""

from __future__ import annotations

from typing import Literal

Channel = Literal["Sms", "Viber", "Voice"]
"""A channel, as a step's `type` has it."""
Status = Literal["Queued", "InProgress", "Succeeded", "Failed"]
"""The status of a flow."""
StatusCode = Literal["0", "1", "2", "3"]
"""Why a flow failed: a server error, no balance, a failure that was listed, one that was not."""
Strategy = Literal["OnStep", "OnCompletion"]
"""When callbacks are posted: at each change, or once at the end."""
SmsStrategy = Literal["OnChange", "OnCompletion"]
"""The same of a single message."""
Cause = Literal["", "balance", "server"]
"""Why a channel could not send: for another reason, for lack of balance, or since its server failed."""
Kind = Literal[
    "accepted",
    "refused",
    "remarked",
    "started",
    "status",
    "completed",
    "cancelled",
    "ignored",
    "stranded",
    "verification",
    "attempt",
    "reply",
    "keys",
    "asked",
    "went on",
    "resent",
    "token",
    "token refused",
    "token revoked",
    "tls failed",
    "proxy refused",
    "clock",
    "scenario",
    "scenario broken",
    "balance",
    "deleted",
    "reset",
    "story",
]
"""What a journal entry is about."""
