"""Blocking an address from the menu of a row: counted, previewed, typed, carried out once. On no key of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from noc.actions import silence
from noc.actions.block import BlockIntent, Collateral
from noc.actions.blocker import BlockDone
from noc.actions.collateral import collateral_of, collateral_queries
from noc.catalogue.loglinks import field_of
from noc.config.alerting import Alerting
from noc.engine.logplan import loki_key
from noc.model.errors import ActionError, SourceError
from noc.model.series import Answer
from noc.ui.blockforms import BlockQuestion, block_form
from noc.ui.board import Board
from noc.ui.screens.form import Form
from noc.ui.screens.sheets import Reading, text_canvas

if TYPE_CHECKING:
    from noc.runtime import Runtime
    from noc.ui.screens.wall import Wall

DUE_EVERY = 60.0
"""Seconds between two looks for blocks whose time is over."""


class BlockActions:
    """Mixed into the wall's actions."""

    wall: Wall
    runtime: Runtime

    @property
    def board(self) -> Board:
        raise NotImplementedError  # Actions has it

    def _push(self, screen: Screen[Any], then: Callable[[Any], None] | None = None) -> None:
        raise NotImplementedError

    @property
    def blocks_here(self) -> bool:
        """Whether this wall may block at all; a wall that only reads does not offer it."""
        return self.runtime.blocking is not None and not self.runtime.read_only

    def block(self, address: str) -> None:
        """Ask whether to block an address: what it would hit is counted meanwhile."""
        desk = self.runtime.blocking
        if desk is None:
            return
        if not desk.settings.on:
            self.wall.say(desk.settings.off_because)
            return
        try:
            blocks = desk.blocker.blocks.read()
        except ActionError as error:
            self.wall.say(str(error))
            return
        settings = self.runtime.alerting.settings if self.runtime.alerting is not None else Alerting()
        question = BlockQuestion(
            address,
            desk.settings,
            blocks,
            desk.blocker.author,
            lambda name: not name or silence.generic(name, settings),
            desk.blocker.host,
            self.runtime.clock.now,
            self.board.look.tz,
        )
        form = Form(
            block_form(question), self.runtime.environment, self.board.look.palette, self.runtime.clock.monotonic
        )

        def sent(intent: object) -> None:
            if isinstance(intent, BlockIntent):
                desk.blocker.author = intent.block.by
                self.wall.run_worker(self._blocked(intent), group="blocks")

        self._push(form, sent)
        self.wall.run_worker(self._count(question), group="collateral", exclusive=True)

    async def _count(self, question: BlockQuestion) -> None:
        """Ask the log whom the block would hit; what is not answered stays unknown, and is said to be."""
        try:
            question.collateral = await self._collateral(question.address)
        finally:
            question.counting = False

    async def _collateral(self, address: str) -> Collateral:
        runtime = self.runtime
        catalogue = runtime.catalogue()
        server = next(iter(runtime.log_servers), None)
        source = runtime.sources.get(loki_key(server, runtime.servers)) if server is not None else None
        if source is None or not catalogue.log_requests:
            return Collateral()
        asked = collateral_queries(
            address,
            catalogue.log_requests,
            field=field_of("ip_address", catalogue),
            tenant=field_of("company_id", catalogue),
        )
        now = runtime.clock.now()

        async def answer(expr: str) -> Answer | None:
            try:
                return await source.instant(expr, now)
            except SourceError:
                return None  # the preview says that nobody can tell

        good, tenants, bad = await asyncio.gather(answer(asked.good), answer(asked.tenants), answer(asked.bad))
        return collateral_of(asked, good, tenants, bad)

    async def _blocked(self, intent: BlockIntent) -> None:
        """Run it, and show what the command said."""
        assert self.runtime.blocking is not None
        self.wall.say(f"{intent.summary}: asked")
        self._told(await self.runtime.blocking.blocker.block(intent))

    def _told(self, done: BlockDone) -> None:
        self.wall.say(done.message)
        if done.output or not done.ok:
            text = "\n".join([done.message, "", *(done.output or ("the command said nothing",))])
            self._push(Reading("Blocking", text_canvas(text), self.board.look.palette, copied=text))

    async def expire_blocks(self) -> None:
        """Take back what is overdue."""
        desk = self.runtime.blocking
        if desk is None or self.runtime.read_only:
            return
        try:
            for done in await desk.blocker.expire_due():
                self.wall.say(done.message)
        except ActionError as error:
            self.wall.say(str(error))
