"""`flask revoke` and `flask correct`: a public prize mended by the operator alone."""

from __future__ import annotations

from collections.abc import Sequence

import click
from flask import Flask, current_app

from awards import correcting, editions, revoking
from awards.cli.shell import Shell, acting
from awards.mending import Hand


@click.command("revoke")
@click.argument("key")
@click.argument("reference")
@click.option("--prize", required=True, help="Key of the prize.")
@click.option("--reason", required=True, help="Why; everybody can read it.")
@acting
def revoke(shell: Shell, key: str, reference: str, prize: str, reason: str) -> None:
    """Revoke a public prize: pages, certificates, badge, lists and the record say so."""
    edition = editions.find(shell.session, key)
    decision = revoking.revoke_alone(
        shell.session, edition, reference, prize, reason=reason, hand=_hand(shell)
    )
    shell.say(f"Revoked {prize} of {reference}: decision {decision.number}.")
    for it in decision.subject["moved"]:
        shell.say(f"{it['nomination']} has {it['prize']} now.")
    for vacant in decision.subject["vacant"]:
        shell.say(f"{vacant} is vacant now.")


@click.command("correct")
@click.argument("key")
@click.argument("reference")
@click.option("--prize", required=True, help="Key of the prize.")
@click.option(
    "--name", "names", multiple=True, metavar="PLACE=TEXT", help="organisation, title, titles.ko, ..."
)
@click.option("--citation", "cited", multiple=True, metavar="LANGUAGE=TEXT", help="Why it won.")
@click.option("--reason", required=True, help="Why; everybody can read it.")
@acting
def correct(
    shell: Shell,
    key: str,
    reference: str,
    prize: str,
    names: Sequence[str],
    cited: Sequence[str],
    reason: str,
) -> None:
    """Correct names, titles or the citation of a public prize; who has won stays as it is."""
    edition = editions.find(shell.session, key)
    decision = correcting.correct_alone(
        shell.session,
        edition,
        reference,
        prize,
        names=_pairs(names),
        why_won=_pairs(cited),
        reason=reason,
        hand=_hand(shell),
    )
    changed = ", ".join(decision.subject["changed"])
    shell.say(f"Corrected {changed} of {reference}: decision {decision.number}.")


def _hand(shell: Shell) -> Hand:
    return Hand(shell.files, current_app.config["LAURELS_URL"], shell.actor, shell.now)


def _pairs(given: Sequence[str]) -> dict[str, str]:
    if wrong := [it for it in given if "=" not in it]:
        raise click.BadParameter(f"{wrong[0]} has no =")
    return dict(it.split("=", 1) for it in given)


def init_app(app: Flask) -> None:
    """Plug the commands in."""
    app.cli.add_command(revoke)
    app.cli.add_command(correct)
