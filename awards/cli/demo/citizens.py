"""The demo's public: who has confirmed an address and voted on the prize of the public, a burst among them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import click
from sqlalchemy import select

from awards import casting, citizens, editions, elections
from awards.cli.demo import fiction
from awards.cli.shell import Shell, acting
from awards.models import Edition, ElectionState, RollEntry

PUBLIC_RULES = """
[[prizes]]
key = "citizens"
name.en = "Citizens' Prize"
name.ko = "시민상"

[public_vote]
prize = "citizens"
method = "one_choice"
"""
"""What the rules add where a vote is held: a prize of its own, on which the public votes."""
THEN = timedelta(days=5)
NEIGHBOURS = tuple((f"neighbour{number}@towns.example", f"198.51.100.{number}") for number in range(1, 9))
BURST = tuple(
    (f"{name}{number}@mailinator.com", "203.0.113.7") for name in ("cho", "lin", "roy") for number in range(8)
)
"""One after the other within an hour, from one network, with addresses that anybody can have for ten minutes."""
KEY_OF_THE_DEMO = b"the demo's addresses are nobody's"


@click.command("demo-citizens", hidden=True)
@click.argument("key")
@click.argument("seed")
@acting
def come(shell: Shell, key: str, seed: str) -> None:
    """Let neighbours come over some days, and a burst within an hour; everybody votes in every category."""
    edition = editions.find(shell.session, key)
    slates = {
        it.category: it.slate
        for it in elections.of_the_public(shell.session, edition)
        if it.state is ElectionState.OPEN
    }
    for number, (address, network) in enumerate(NEIGHBOURS, start=1):
        came = replace(shell, now=shell.now - THEN - number * timedelta(hours=3))
        _votes(came, edition, address, network, slates, seed)
    came = replace(shell, now=shell.now - THEN)
    for address, network in BURST:
        _votes(came, edition, address, network, slates, seed)


def _votes(
    shell: Shell, edition: Edition, address: str, network: str, slates: dict[str, list[str]], seed: str
) -> None:
    session, key, now = shell.session, KEY_OF_THE_DEMO, shell.now
    citizens.ask(session, edition, address, key=key, place=network, network=network, language="en", now=now)
    mailbox = citizens.keyed(key, edition, address)
    entry = session.scalars(select(RollEntry).where(RollEntry.elector == mailbox)).one()
    citizens.confirm(session, edition, entry, key=key, network=network, now=now)
    choices = {it: (fiction.ranking(seed, f"{address} {it}", slate)[0],) for it, slate in slates.items()}
    secret = f"{seed} {address}".ljust(40, ".")
    casting.cast(session, edition, entry, choices, form=secret, nonces=dict.fromkeys(slates, secret), now=now)
