"""`flask keys`: who holds the key of a vote, and giving a share at the shell."""

from __future__ import annotations

import click
from flask import Flask

from awards import accounts, editions, envelopes, giving, holders
from awards.audit import Actor
from awards.cli.elections import say_results
from awards.cli.shell import Shell, acting
from awards.cli.words import say
from awards.holders import NoHolder, Secret, State
from awards.shares import HoldersMissing, KeyShared

STATES = {
    State.NAMED: "no key yet",
    State.MADE: "key made, paper not shown yet",
    State.READY: "ready",
    State.LOST: "lost",
    State.OVER: "destroyed",
}


@click.group("keys")
def keys() -> None:
    """The key that opens the envelopes, and who holds it."""


@keys.command("holders")
@click.argument("key")
@acting
def list_holders(shell: Shell, key: str) -> None:
    """Who holds shares of the key, who is ready, and who has tried."""
    edition = editions.find(shell.session, key)
    found = holders.of_edition(shell.session, edition)
    if not found:
        shell.say("Nobody is named: the key is one file, kept by whoever runs the server.")
    for it in found:
        tried = f", tried on {it.tried_at:%Y-%m-%d %H:%M} UTC" if it.tried_at else ""
        shell.say(f"{it.account.email}  {it.name}: {STATES[it.state]}{tried}.")
    first = giving.first(shell.session, edition, key_folder=shell.key_folder, now=shell.now)
    if first is not None:
        shell.say(f"{first.holder.name} has given a share; it waits until {first.until:%Y-%m-%d %H:%M} UTC.")


@keys.command("give")
@click.argument("key")
@click.option("--holder", required=True, metavar="EMAIL", help="Whose share it is.")
@click.option("--words", "by_words", is_flag=True, help="Ask for the 24 words, not for the passphrase.")
@click.option("--reason", default="Given at the shell.", help="Stated by the decision, for the first share.")
@acting
def give(shell: Shell, key: str, holder: str, by_words: bool, reason: str) -> None:
    """Give a holder's share; the second one opens the envelopes. What is typed is not shown."""
    edition = editions.find(shell.session, key)
    account = accounts.find(shell.session, holder)
    if account is None:
        raise NoHolder(holder)
    typed = click.prompt("The 24 words" if by_words else "Passphrase", hide_input=True)
    secret = Secret(words=typed) if by_words else Secret(passphrase=typed)
    done = giving.give(
        shell.session,
        edition,
        account,
        secret,
        reason=reason,
        key_folder=shell.key_folder,
        actor=Actor(account=account, real=shell.actor.account),
        now=shell.now,
    )
    if done.spoilt:
        shell.say(f"Nothing was opened: an envelope holds no ballot in {', '.join(done.spoilt)}.")
    elif done.closed is None:
        shell.say("The share is given. It waits twelve hours for a second one; nothing is opened yet.")
    else:
        say_results(shell, done.closed)
        shell.commit()
        envelopes.destroy_spent_keys(
            shell.session, key_folder=shell.key_folder, actor=shell.actor, now=shell.now
        )
        shell.say("Destroyed the key of the envelopes and its shares.")


@say.register
def _(error: KeyShared) -> str:  # noqa: ARG001
    return (
        "The key is shared among three holders, and nothing was opened. Close the vote on its page, then two holders "
        "give their shares, on their own pages or here: flask keys give KEY --holder EMAIL"
    )


@say.register
def _(error: HoldersMissing) -> str:
    who = f" Waited for: {', '.join(error.missing)}." if error.missing else ""
    return f"Key holders are named, and {error.ready} of three are ready.{who} See: flask keys holders KEY"


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    app.cli.add_command(keys)
