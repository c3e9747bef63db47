"""`flask account`: people, their roles, and the links that let them set a password."""

from __future__ import annotations

import click
from flask import Flask, current_app

from awards import accounts, editions, links
from awards.cli.shell import Shell, acting
from awards.models import Account, Role


@click.group()
def account() -> None:
    """Accounts: who may sign in, and as what."""


@account.command("create")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--edition", "key", help="Key of the edition; administrators and auditors may do without.")
@click.option("--name", default="", help="The person's name, as to be printed.")
@acting
def create(shell: Shell, email: str, role: str, key: str | None, name: str) -> None:
    """Make an account for EMAIL with a role, or give the role to the one that is there."""
    edition = editions.find(shell.session, key) if key else None
    found, made = accounts.find_or_make(shell.session, email, name=name, now=shell.now, actor=shell.actor)
    shell.say(f"{'Made' if made else 'Found'} the account of {found.email}.")
    given = Role(role)
    where = f"edition {edition.key}" if edition else "the whole site"
    if accounts.has_grant(shell.session, found, given, edition=edition):
        shell.say(f"Already {role} of {where}.")
    else:
        rank = accounts.next_rank(shell.session, edition, given) if edition and given is Role.DEPUTY else 0
        accounts.grant(
            shell.session, found, given, edition=edition, rank=rank, actor=shell.actor, now=shell.now
        )
        shell.say(f"Now {role} of {where}.")
    if found.password_hash is None:
        _say_link(shell, found)


@account.command("reset")
@click.argument("email")
@acting
def reset(shell: Shell, email: str) -> None:
    """Print a new one-time link for EMAIL; links made earlier stop working."""
    found = accounts.find(shell.session, email)
    if found is None:
        raise accounts.NoSuchAccount(email)
    _say_link(shell, found)


def _say_link(shell: Shell, found: Account) -> None:
    token = accounts.make_link(shell.session, found, actor=shell.actor, now=shell.now)
    shell.say(f"Link to set a password, once, within {links.LINK_LASTS.days} days:")
    shell.say(f"{current_app.config['LAURELS_URL']}/{found.language}/link/{token}")


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    app.cli.add_command(account)
