"""`flask revoke` and `flask correct`: a public prize mended by the operator alone; `flask feedback`."""

from __future__ import annotations

from collections.abc import Sequence

import click
from flask import Flask, current_app

from awards import comments, correcting, editions, feedback, revoking
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


@click.group("feedback")
def feedbacks() -> None:
    """Feedback to nominees: words of judges approved, thirds and words sent."""


@feedbacks.command("approve")
@click.argument("key")
@acting
def approve(shell: Shell, key: str) -> None:
    """Approve everything that judges have released and nobody has decided about."""
    edition = editions.find(shell.session, key)
    waiting = [comment.public_id for comment, _ in comments.waiting(shell.session, edition)]
    number = (
        comments.approve(shell.session, edition, waiting, actor=shell.actor, now=shell.now) if waiting else 0
    )
    shell.say(f"Approved {number} text(s) of judges.")


@feedbacks.command("send")
@click.argument("key")
@click.option("--category", help="Only this category.")
@acting
def send(shell: Shell, key: str, category: str | None) -> None:
    """Send it to those who wrote the nominations, as far as the results are public; nobody is sent the same twice."""
    edition = editions.find(shell.session, key)
    opened = feedback.open_categories(shell.session, edition, shell.now)
    chosen = sorted(opened) if category is None else [category]
    number = feedback.send(shell.session, edition, chosen, actor=shell.actor, now=shell.now)
    shell.say(f"Sent feedback on {number} nomination(s).")


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
    app.cli.add_command(feedbacks)
