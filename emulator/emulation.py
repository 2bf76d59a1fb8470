"""Puts one emulator together from its settings: store, clocks, tokens, scenarios, planner, engine and courier.

It makes the parts and connects them; what each does is known only to its own room.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from emulator.callbacks.courier import Courier
from emulator.callbacks.retries import rule
from emulator.choices.table import TAKEN, Choices
from emulator.clock.clock import EVERYBODY, Clocks
from emulator.engine import resuming
from emulator.engine.caretaker import Caretaker
from emulator.engine.changes import Changes
from emulator.engine.engine import Engine
from emulator.http.log import RequestLog
from emulator.provider.services import Renderings, read_stored
from emulator.settings import Settings
from emulator.store.contract import Store
from emulator.store.stores import store_at

if TYPE_CHECKING:
    from emulator.accounts.declared import Declared
    from emulator.accounts.prices import Prices
    from emulator.accounts.tokens import Tokens
    from emulator.callbacks.poster import Poster
    from emulator.channels.senders import Named
    from emulator.engine.funds import Funds
    from emulator.engine.steering import Steering
    from emulator.engine.submission import Submissions
    from emulator.engine.watcher import ScenarioWatcher
    from emulator.http.tls import Tls
    from emulator.planning.planner import Planner
    from emulator.planning.selection import Selection
    from emulator.provider.service import Parts
    from emulator.scenario.files.catalogue import Catalogue

FILES: Final = ("credentials", "prices", "templates", "senders", "contacts", "scenarios", "scenario", "set")
"""The settings that name files, or are about what is in them, which must be right for a start."""


class Emulation:
    """The parts of one running emulator. `start` makes it, or `ready` and then `begin`. `closing` is set when the
    server stops, so that streams and delayed answers end.

    A part that only requests need is made, and its modules are imported, when it is first asked for: that is half of
    what a start would cost.
    """

    def __init__(self, settings: Settings, store: Store, clocks: Clocks, seed: str) -> None:
        self.settings = settings
        self.store = store
        self.clocks = clocks
        store.follow(clocks)
        self._seed = seed
        self.courier = Courier(
            store, clocks, partial(_poster, settings), settings.callback_timeout, settings.callback_hosts_allowed
        )
        self.choices = _chosen(settings)
        self.courier.rule = lambda delivery: rule(delivery.id, self.choices_of(delivery.application))
        self.renderings = Renderings(self._worded)
        changes = Changes(store, lambda: self.prices)
        self.engine = Engine(store, clocks, self.renderings, self.courier, changes)
        self.requests = RequestLog()
        self.caretaker = Caretaker(store, self.engine.wake, clocks.now)
        self.closing = asyncio.Event()

    @classmethod
    async def start(cls, settings: Settings) -> Emulation:
        """An emulator that has begun. Raises an EmulatorError if a setting, a file or the store can't be used."""
        emulation = await cls.opened(settings)
        emulation.begin()
        return emulation

    @classmethod
    async def opened(cls, settings: Settings) -> Emulation:
        """Open the store and resume what is in it. Nothing happens yet, so that a server can find its port first.
        Raises an EmulatorError if a setting, a file or the store can't be used.
        """
        async with _opened(settings) as store:
            clocks = await resuming.clocks(settings, store)
            emulation = cls(settings, store, clocks, await resuming.seed(settings, store))
            if any(getattr(settings, name) != getattr(Settings(), name) for name in FILES):
                emulation.declared, emulation.selection  # noqa: B018  # they raise what is wrong with the files
            if settings.callback_ca:
                emulation.courier.poster()
            if store.shared:
                emulation.renderings.prepare()  # or it is done in the first transactions, for which others wait
                await emulation.agree()
            if any(state.scenario is not None or state.overrides for state in store.states().values()):
                await resuming.choices(store, emulation.catalogue, emulation.selection)
        return emulation

    def begin(self) -> None:
        """Start the background tasks: from now on, what is due happens."""
        self.engine.start()
        self.courier.start()
        if self.settings.scenarios or self.settings.scenario != Settings().scenario:
            self.reloader.start()
        if self.settings.store:
            self.caretaker.start()

    async def agree(self, *, anew: bool = False) -> bool:
        """Tell those who share the store how this emulator is set, and what is in its files: see `Sharing.agree`."""
        from emulator.engine import alike

        told = await asyncio.to_thread(alike.told, self.settings, vars(self).get("catalogue"))
        return await self.store.agree(told, anew=anew)

    @cached_property
    def declared(self) -> Declared:
        """What the files of the settings say of accounts. Raises an EmulatorError with what is wrong with one."""
        from emulator.accounts import declared

        return declared.load(self.settings)

    @property
    def prices(self) -> Prices:
        """What messages cost."""
        return self.declared.prices

    def _worded(self) -> tuple[Prices, Named]:
        """The prices, and the names of senders, of what is rendered."""
        from emulator.channels.senders import sender_name

        senders = self.declared.senders
        return self.prices, sender_name if senders.open else senders.named

    @cached_property
    def tokens(self) -> Tokens:
        """The tokens of applications."""
        from emulator.accounts.tokens import Tokens

        draw = partial(resuming.drawn, self._seed, self.clocks)
        return Tokens(draw, self.settings.token_lifetime, self.declared.accounts, self.store, self.clocks.time)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The scenarios by name. Raises ScenarioError with what is wrong with the user's files."""
        from emulator.scenario import files
        from emulator.scenario.files.catalogue import Catalogue

        chosen = files.setting(self.settings.scenario, self.settings.set)
        catalogue = Catalogue(self.settings.scenarios, chosen if files.is_file(chosen) else "")
        catalogue.load()
        return catalogue

    @cached_property
    def selection(self) -> Selection:
        """Which scenario is in force. Raises ScenarioError if there is none as the settings say."""
        from emulator.planning.selection import Selection
        from emulator.scenario import files

        catalogue, chosen = self.catalogue, files.setting(self.settings.scenario, self.settings.set)
        first = catalogue.at(chosen) if files.is_file(chosen) else catalogue.find(chosen)
        return Selection(self.store.in_force, first, catalogue.latest, catalogue.read, catalogue.seek)

    def choices_of(self, application: str) -> Choices:
        """The choices in force for an application: those of its scenario, and the settings' for all else."""
        given = self.selection.chosen(application).choices
        if not given:
            return self.choices
        from emulator.choices.given import over

        return over(self.choices, given)

    @cached_property
    def planner(self) -> Planner:
        """What plans flows."""
        from emulator.planning.planner import Planner

        return Planner(self._seed, self.selection, self.store.counters, self.store.in_force, self.prices, self.choices)

    @cached_property
    def submissions(self) -> Submissions:
        """What takes requests."""
        from emulator.engine.submission import Submissions

        return Submissions(self.store, self.clocks, self.planner, self.selection, self.engine, self.renderings)

    @cached_property
    def steering(self) -> Steering:
        """The acts by which the emulator is steered."""
        from emulator.engine.steering import Steering

        return Steering(self.engine, self.store, self.selection)

    @cached_property
    def funds(self) -> Funds:
        """What applications have on their accounts."""
        from emulator.engine.funds import Funds

        return Funds(self.store, self.selection, self.steering, self.prices)

    @cached_property
    def reloader(self) -> ScenarioWatcher:
        """What reads the user's scenario files again when they change."""
        from emulator.engine.watcher import ScenarioWatcher

        return ScenarioWatcher(self.catalogue, self.steering, self.engine.note, partial(self.agree, anew=True))

    @cached_property
    def tls(self) -> Tls:
        """The TLS of the server, and of its proxy."""
        from emulator.http.incidents import Incidents
        from emulator.http.tls import Authority, Tls
        from emulator.provider.hosts import HOSTS

        incidents = Incidents(partial(self.engine.note, EVERYBODY))
        return Tls(Authority(self.settings.ca, self.clocks.real), (*HOSTS, *self.settings.own_names), incidents)

    @cached_property
    def parts(self) -> Parts:
        """The parts that the doors of the provider's services use."""
        from emulator.accounts.contacts import KnownContacts
        from emulator.accounts.templates import KnownTemplates
        from emulator.engine.library import Library
        from emulator.provider.access import Access
        from emulator.provider.faulty import AnswerFaults
        from emulator.provider.service import Parts

        return Parts(
            Access(self.tokens),
            AnswerFaults(self.planner, self.store, Library(self.catalogue, self.store), self.closing),
            self.engine,
            self.submissions,
            self.store,
            self.prices,
            self.settings,
            self.requests,
            self.courier.pace,
            self.funds,
            KnownTemplates(self.store, self.declared.templates, self.settings.template_moderation),
            self.declared.senders,
            self.declared.accounts or {},
            KnownContacts(self.store, self.declared.contacts),
            self.choices_of,
        )

    async def reset(self, application: str, *, keep: bool = False) -> None:
        """Reset one application, or everybody; with everybody, the shared clock starts again too. With `keep`, the
        scenarios and overrides that were put in force stay.
        """
        new = resuming.new_clock(self.settings, self.clocks.real()) if application == EVERYBODY else None
        await self.steering.reset(application, new, keep=keep)

    async def stop(self) -> None:
        """Stop the background tasks and close the store; pending work stays in it."""
        self.requests.close()
        if "reloader" in vars(self):
            await self.reloader.stop()
        await self.caretaker.stop()
        await self.engine.stop()
        await self.courier.stop()
        await self.store.close()


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Store]:
    """The store of the settings, open. It stays open when the block ends, but is closed if the block raises, so that
    another start can use its file.
    """
    store = store_at(settings.store, settings.keep_bytes, read_stored)
    await store.open()
    try:
        yield store
    except BaseException:
        await store.close()
        raise


def _chosen(settings: Settings) -> Choices:
    """The choices of the settings. Raises ChoiceError."""
    if not settings.choose:
        return TAKEN
    from emulator.choices.given import chosen

    return chosen(settings.choose)


def _poster(settings: Settings) -> Poster:
    """The poster of callbacks. Raises SettingsError if the CA file can't be used."""
    from emulator.callbacks.poster import Poster

    return Poster(
        settings.callback_timeout,
        settings.callback_connections,
        settings.callback_ca,
        insecure=settings.callback_insecure,
        whole_timeout=settings.dial_plan_timeout,
    )
