"""The demo's judges: how they join, say that they have no interest, and who comes when the round has begun."""

from __future__ import annotations

from datetime import timedelta

import click

from awards import (
    accounts,
    affiliations,
    conduct,
    conflicts,
    declarations,
    editions,
    inviting,
    joining,
    judges,
)
from awards.audit import Actor
from awards.cli.demo.schedule import ZONE
from awards.cli.shell import Shell, acting
from awards.models import Account, Edition, Judge, JudgeState, Role
from awards.tables import Row, Table

ORGANISER = "organiser@example.org"
INVITED = "judge.asked@example.com"
NEWCOMER = "judge.newcomer@example.com"
OFFICE = "Member of the demo's panel"
NOTE = "We would be glad of a judge who knows how services reach people without a telephone of their own."

COLUMNS = (*judges.REQUIRED, *judges.OPTIONAL)
NEW = ("Mr Tomas Newcomer", NEWCOMER, "Tagus Centre for Imagined Services", "Lisbon", "PT", "en", "")


@click.command("demo-join", hidden=True)
@click.argument("key")
@acting
def join(shell: Shell, key: str) -> None:
    """Let every judge agree to the code of conduct and say where they belong."""
    edition = editions.find(shell.session, key)
    panel = judges.of_edition(shell.session, edition, JudgeState.ACCEPTED)
    for judge in panel:
        joins(shell, edition, judge)
    conflicts.find(shell.session, edition, actor=shell.actor, now=shell.now, moved=panel)


@click.command("demo-declare", hidden=True)
@click.argument("key")
@acting
def declare(shell: Shell, key: str) -> None:
    """Let every judge say that they have no interest beside those that were found."""
    edition = editions.find(shell.session, key)
    for judge in judges.of_edition(shell.session, edition, JudgeState.ACCEPTED):
        declarations.declare(shell.session, edition, judge, {}, actor=of(judge.account), now=shell.now)


@click.command("demo-late", hidden=True)
@click.argument("key")
@acting
def come_late(shell: Shell, key: str) -> None:
    """Seat a judge who reads nothing in the round, and so may read further."""
    seat_another(shell, editions.find(shell.session, key))


def joins(shell: Shell, edition: Edition, judge: Judge) -> None:
    """One judge's page of joining, filled in and sent; conflicts are searched for afterwards."""
    said = conduct.of_edition(shell.session, edition, judge.account.language)
    ties = affiliations.holding(shell.session, [judge.account])
    home = ties[0].country if ties else ""
    statement = joining.Statement(
        name=judge.account.name,
        office=OFFICE,
        nationality=home,
        residence=home,
        places=tuple(joining.Place(tie.organisation or "", tie.city, tie.country) for tie in ties),
        languages=tuple(judge.languages),
        categories=tuple(judge.categories),
        expertise=knows(shell, edition, judge),
        capacity=None,
        shown=("name", "organisation"),
    )
    joining.keep(
        shell.session,
        edition,
        judge,
        statement,
        agreed=joining.Agreed(said.language, said.sha256) if said else None,
        actor=of(judge.account),
        now=shell.now,
    )


def knows(shell: Shell, edition: Edition, judge: Judge) -> dict[str, int]:
    """Of what a judge is an expert and of what they know something: one category each, by the order of the panel."""
    reads = [it for it in editions.open_categories(shell.session, edition) if judge.reads(it)]
    place = judge.id % len(reads)
    return {reads[place]: 2, reads[(place + 1) % len(reads)]: 1}


def seat_another(shell: Shell, edition: Edition) -> None:
    """A judge who came when everything had been given out: joined, declared, and without anything to read."""
    table = Table(COLUMNS, (Row(2, dict(zip(COLUMNS, NEW, strict=True))),))
    judges.load(shell.session, edition, table, actor=shell.actor, now=shell.now)
    judge = judges.find(shell.session, edition, NEWCOMER)
    joins(shell, edition, judge)
    conflicts.find(shell.session, edition, actor=shell.actor, now=shell.now, moved=[judge])
    declarations.declare(shell.session, edition, judge, {}, actor=of(judge.account), now=shell.now)


def invite_one(shell: Shell, edition: Edition) -> None:
    """Somebody who is asked to judge and has not answered."""
    wanted = inviting.Wanted(INVITED, name="Dr Noor Asked", languages=("en",), note=NOTE)
    by = holder(shell, edition, Role.ORGANISER, ORGANISER)
    inviting.invite(shell.session, edition, wanted, actor=by, now=shell.now - timedelta(days=1))


def holder(shell: Shell, edition: Edition, role: Role, email: str, name: str = "") -> Actor:
    """Somebody with a role in the edition, who acts."""
    account, _ = accounts.find_or_make(
        shell.session,
        email,
        name=name or f"{role.value.capitalize()} of the demo",
        actor=shell.actor,
        now=shell.now,
    )
    account.zone = ZONE
    accounts.grant(shell.session, account, role, edition=edition, actor=shell.actor, now=shell.now)
    return of(account)


def of(account: Account) -> Actor:
    return Actor(account=account, real=account)
