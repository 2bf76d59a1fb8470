"""Holds a request against an emulator's settings and files before it is sent, for whoever says what it would come to:
as that emulator would complete and refuse it. What calls have made in an emulator is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import UNSET, Struct
from msgspec.structs import replace

from emulator.accounts import declared
from emulator.accounts.declared import Declared
from emulator.accounts.taking import taken
from emulator.accounts.tokens import ANYBODY, Account
from emulator.channels.templates import OTPS
from emulator.errors import EmulatorError
from emulator.flow.kinds import KINDS
from emulator.flow.request import Request
from emulator.provider.merging import known, placed
from emulator.provider.requests import Asked
from emulator.provider.sms.door import default_callback
from emulator.provider.vetting import told, transcoded
from emulator.settings import Settings
from emulator.validation.hints import meant, quoted


class NotTaken(EmulatorError):
    """The request is refused; the message says why."""


class Beforehand(Struct, frozen=True):
    """An emulator that would have these settings, and what its files declare."""

    settings: Settings
    declared: Declared

    @property
    def application(self) -> str:
        """Who sends a request if nobody says: the first of those that there are."""
        return next(iter(self.declared.accounts or ("app",)))

    def held(self, asked: Asked, application: str) -> Asked:
        """A request as an application sends it, with remarks on it. Raises NotTaken."""
        account, request = self._account(asked, application), asked.request
        if asked.kind == "sms" and request.callback is UNSET and (default := default_callback(self.settings, account)):
            request = replace(request, callback=default)
        if account.transcode:
            request = replace(request, flow=list(map(transcoded, request.flow)))
        contacts = {contact.mobile: known(contact) for contact in self.declared.contacts.contacts}
        request, remarks = placed(request, contacts)
        request, rejected = self._taken(request)
        if rejected and KINDS[asked.kind].refuses:
            raise NotTaken(f"the request is refused: {next(iter(rejected.values()))}")
        return replace(asked, request=request, remarks=(*asked.remarks, *remarks, *told(rejected)))

    def rejected(self, request: Request) -> Mapping[int, str]:
        """Why channels do not take some steps of a request, by the steps' indices."""
        return self._taken(request)[1]

    def _taken(self, request: Request) -> tuple[Request, dict[int, str]]:
        templates = self.declared.templates
        return taken(request, {**OTPS, **(templates or {})}, self.declared.senders, complete=templates is not None)

    def _account(self, asked: Asked, application: str) -> Account:
        """The account of an application that may send a request. Raises NotTaken."""
        accounts = self.declared.accounts
        if accounts is None:
            return ANYBODY
        found = accounts.get(application)
        if found is None:
            near = meant(application, accounts)
            raise NotTaken(f"the credentials have no application {quoted(application)}{near}")
        channels = sorted({step.channel.lower() for step in asked.request.flow})
        needed = (asked.kind,) if KINDS[asked.kind].single else ("failover", *channels)
        if lacking := [scope for scope in needed if scope not in found.scopes]:
            lacks = f"the application {quoted(application)} lacks the scope {', '.join(lacking)}"
            raise NotTaken(f"the request is refused with 403: {lacks}")
        return found


def beforehand(settings: Settings) -> Beforehand:
    """An emulator that would have these settings. Raises an EmulatorError for a file that can't be read."""
    return Beforehand(settings, declared.load(settings))
