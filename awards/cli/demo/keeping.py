"""The demo's key holders, where its members vote: three people with keys of their own, and the paper copy of one."""

from __future__ import annotations

import click

from awards import editions, holders
from awards.cli.demo.panel import holder
from awards.cli.shell import Shell, acting
from awards.models import Role

HOLDERS = {
    "holder@example.org": "Holder of the demo",
    "holder.second@example.org": "Second holder of the demo",
    "holder.third@example.org": "Third holder of the demo",
}
SECOND_HOLDER = "holder.second@example.org"
PASSPHRASE = "seven quiet herons by the river"  # noqa: S105 (fiction)
"""Of all three: it protects what is made up."""
WORDS = "words-of-the-second-holder.txt"


@click.command("demo-keys", hidden=True)
@click.argument("key")
@acting
def keep(shell: Shell, key: str) -> None:
    """Name three key holders, whose keys are made and tried, before the rules are frozen."""
    edition = editions.find(shell.session, key)
    for email, name in HOLDERS.items():
        actor = holder(shell, edition, Role.HOLDER, email, name=name)
        folder, now = shell.key_folder, shell.now
        words = holders.make(
            shell.session, edition, actor.account, PASSPHRASE, folder=folder, actor=actor, now=now
        )
        row = holders.find(shell.session, edition, actor.account).row
        assert row is not None
        one, other = (words[it - 1] for it in holders.asked(row))
        holders.confirm(
            shell.session,
            edition,
            actor.account,
            PASSPHRASE,
            (one, other),
            folder=folder,
            actor=actor,
            now=now,
        )
        if email == SECOND_HOLDER:
            (shell.data / WORDS).write_text(f"SPECIMEN\n{' '.join(words)}\n", encoding="utf-8")
