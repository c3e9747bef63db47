"""The two inner commands of the demo: its timetable, and one account a role."""

from __future__ import annotations

import json
import secrets

import click
from sqlalchemy import select

from awards import accounts, editions, links, shares
from awards.cli.demo.desks import OFFICER
from awards.cli.demo.drafts import NOMINATOR
from awards.cli.demo.keeping import SECOND_HOLDER
from awards.cli.demo.marks import ON_PAPER
from awards.cli.demo.panel import INVITED, NEWCOMER
from awards.cli.demo.schedule import ZONE, timetable
from awards.cli.demo.voting import SECOND_ORGANISER
from awards.cli.shell import Shell, acting
from awards.models import Account, Edition, Judge, Role
from awards.timetable import Phase
from judging.values import Electorate


@click.command("demo-set-up", hidden=True)
@click.argument("key")
@click.argument("phase")
@acting
def set_up(shell: Shell, key: str, phase: str) -> None:
    """Put SPECIMEN on the demo's edition and state its timetable, with today in PHASE."""
    edition = editions.find(shell.session, key)
    editions.mark_as_specimen(shell.session, edition, actor=shell.actor, now=shell.now)
    editions.set_zone(shell.session, edition, ZONE, actor=shell.actor, now=shell.now)
    for moment, local in timetable(Phase(phase), shell.now):
        editions.set_moment(
            shell.session, edition, moment, local, zone=ZONE, actor=shell.actor, now=shell.now
        )


MORE = {
    Phase.FIRST_ROUND: {
        "judge on paper": ON_PAPER,
        "judge asked": INVITED,
        "new judge": NEWCOMER,
    },
    Phase.DELIBERATION: {"new judge": NEWCOMER},
    Phase.SECOND_ROUND: {"second organiser": SECOND_ORGANISER},
    Phase.DECIDED: {"second organiser": SECOND_ORGANISER, "officer": OFFICER},
    Phase.PUBLISHED: {"second organiser": SECOND_ORGANISER, "officer": OFFICER},
}
"""Who else signs in where the demo stops in a phase."""


@click.command("demo-people", hidden=True)
@click.argument("key")
@click.argument("phase")
@acting
def people(shell: Shell, key: str, phase: str) -> None:
    """Make one account a role, and those that the phase has besides, with random passwords; print them as JSON.

    Where the judges vote nobody else is an elector; where no key is shared, nobody holds a share.
    """
    edition = editions.find(shell.session, key)
    found = []
    vote = editions.rules_of(shell.session, edition).vote
    delegates_vote = vote is not None and vote.electorate is Electorate.MEMBERS
    shared = shares.is_shared(shell.session, edition)
    there = {Role.ELECTOR: delegates_vote, Role.HOLDER: shared}
    for role in (it for it in Role if there.get(it, True)):
        email = _holder(shell, edition, role) or f"{role.value}@example.org"
        account, _ = accounts.find_or_make(
            shell.session,
            email,
            name=f"{role.value.capitalize()} of the demo",
            actor=shell.actor,
            now=shell.now,
        )
        account.zone = ZONE
        site_wide = role in (Role.ADMINISTRATOR, Role.AUDITOR)
        accounts.grant(
            shell.session,
            account,
            role,
            edition=None if site_wide else edition,
            actor=shell.actor,
            now=shell.now,
        )
        found.append(_sign_in(shell, role.value, account))
    nominator, _ = accounts.find_or_make(
        shell.session, NOMINATOR, name="Nominator of the demo", actor=shell.actor, now=shell.now
    )
    found.append(_sign_in(shell, "nominator", nominator))
    more = MORE.get(Phase(phase), {}) | ({"second holder": SECOND_HOLDER} if shared else {})
    for what, email in more.items():
        account, _ = accounts.find_or_make(shell.session, email, actor=shell.actor, now=shell.now)
        found.append(_sign_in(shell, what, account))
    shell.say(json.dumps(found))


def _sign_in(shell: Shell, role: str, account: Account) -> dict[str, str]:
    """Give an account a random password, and say how to sign in with it."""
    password = secrets.token_urlsafe(12)
    token = links.make_link(shell.session, account, actor=shell.actor, now=shell.now)
    accounts.use_link(shell.session, token, password, now=shell.now)
    return {"role": role, "email": account.email, "password": password}


def _holder(shell: Shell, edition: Edition, role: Role) -> str | None:
    """For judges, one of those who are on the demo's panel."""
    if role is not Role.JUDGE:
        return None
    judge = shell.session.scalars(
        select(Judge).where(Judge.edition_id == edition.id).order_by(Judge.id)
    ).first()
    return judge.account.email if judge else None
