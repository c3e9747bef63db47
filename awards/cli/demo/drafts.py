"""What the demo's nominators write while nominations are taken, and what lies on their desks then."""

from __future__ import annotations

from datetime import timedelta

import click

from awards import editions, partners, writers
from awards.cli.demo.writing import Writer, letter, picture, texts, writer
from awards.cli.shell import Shell, acting
from awards.models import Nomination

NOMINATOR = "nominator@example.org"
COLLEAGUE = "colleague@example.org"
PARTNER = "partner@example.org"
COEDITOR = "coeditor@example.org"

CHANGED = {
    "learning": "We would ask the drivers first. In the second winter buttons froze; heated ones cost twice as much."
}


@click.command("demo-drafts", hidden=True)
@click.argument("key")
@acting
def write(shell: Shell, key: str) -> None:
    """Write as the demo's nominators would, some days ago."""
    edition = editions.find(shell.session, key)
    yesterday = shell.now - timedelta(days=1)
    nominator = writer(shell, edition, NOMINATOR, "Nominator of the demo", now=yesterday)
    colleague = writer(
        shell, edition, COLLEAGUE, "Colleague of the demo", now=yesterday, language="ko", zone="Asia/Seoul"
    )
    _change_after_submitting(nominator, night_bus(nominator))
    nominator.begin("lamps")
    _ask_to_join(colleague)
    colleague.submit("water")


def night_bus(by: Writer) -> Nomination:
    """A complete nomination with files, a partner who is asked to confirm, and somebody who is asked to help."""
    draft = by.begin("night-bus")
    by.fill(draft)
    by.attach(
        draft,
        "documents",
        "Survey among passengers.pdf",
        letter("Survey among passengers", "400 asked, 368 content"),
    )
    key = by.attach(draft, "pictures", "night-bus.png", picture())
    by.change(
        draft,
        {
            "pictures": [
                {
                    "file": key,
                    "caption": "A stop at night",
                    "alternative": "A lamp beside a dark road",
                    "credit": "Drawn by the demo",
                    "permission": True,
                }
            ]
        },
    )
    session, partner = by.shell.session, by.organisation(texts()["partner"])
    partners.add(session, draft, partner, actor=by.actor, now=by.now)
    partners.ask(session, draft, partner, email=PARTNER, language="en", actor=by.actor, now=by.now)
    writers.invite(session, draft, email=COEDITOR, language="en", actor=by.actor, now=by.now)
    by.send(draft)
    return draft


def _change_after_submitting(by: Writer, nomination: Nomination) -> None:
    """What was submitted stands until the change is submitted."""
    by.change(nomination, CHANGED)


def _ask_to_join(by: Writer) -> None:
    """A draft of a colleague's, who asks the demo's nominator to write it together."""
    draft = by.begin("minutes")
    writers.invite(by.shell.session, draft, email=NOMINATOR, language="en", actor=by.actor, now=by.now)
