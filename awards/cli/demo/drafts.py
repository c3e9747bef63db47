"""What lies on the desk of the demo's nominator: a draft begun, and changes to a submitted nomination."""

from __future__ import annotations

import click
from sqlalchemy import select

from awards import accounts, drafts, editions
from awards.audit import Actor
from awards.cli.shell import Shell, acting
from awards.models import Edition, Nomination
from judging.values import Json

NOMINATOR = "nominator@example.org"
HANDED_OVER = "SV-02"
"""A nomination of the file that becomes the nominator's, so that a submitted one can be changed."""

BEGUN: dict[str, Json] = {
    "title": "Lamps that call for help",
    "organisation_name": "City of Exampleton",
    "city": "Exampleton",
    "country": "CH",
    "summary": "Street lamps on the way to school have a button that calls a neighbour on duty.",
    "problem": "Children walk to school in the dark for four months of the year.",
}
CHANGED: dict[str, Json] = {
    "results": "Two procedures in three need no new document. In the second year the hubs saw 41,000 visitors.",
}


@click.command("demo-drafts", hidden=True)
@click.argument("key")
@acting
def write(shell: Shell, key: str) -> None:
    """Write as the demo's nominator would."""
    edition = editions.find(shell.session, key)
    account, _ = accounts.find_or_make(
        shell.session, NOMINATOR, name="Nominator of the demo", now=shell.now, actor=shell.actor
    )
    account.zone = "Europe/Zurich"
    nominator = Actor(account=account, real=account)
    _begin(shell, edition, nominator)
    _change(shell, edition, nominator)


def _begin(shell: Shell, edition: Edition, nominator: Actor) -> None:
    """A draft, half filled."""
    category = editions.open_categories(shell.session, edition)[0]
    nomination = drafts.start(
        shell.session, edition, category=category, language="en", actor=nominator, now=shell.now
    )
    drafts.change(shell.session, nomination, BEGUN, base=1, actor=nominator, now=shell.now)


def _change(shell: Shell, edition: Edition, nominator: Actor) -> None:
    """A submitted nomination with changes that are not submitted."""
    nomination = shell.session.scalars(
        select(Nomination).where(Nomination.edition_id == edition.id, Nomination.reference == HANDED_OVER)
    ).one()
    nomination.nominator_id = nominator.account.id
    shell.session.flush()
    drafts.change(shell.session, nomination, CHANGED, base=None, actor=nominator, now=shell.now)
