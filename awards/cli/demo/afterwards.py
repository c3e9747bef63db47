"""What the demo shows of the time after the release: words of judges, some still to be decided about, and feedback."""

from __future__ import annotations

import click

from awards import accounts, comments, editions, feedback, judges, signatories
from awards.audit import Actor
from awards.cli.demo.desks import OFFICER
from awards.cli.demo.drafts import NOMINATOR
from awards.cli.demo.marks import HALF_THROUGH
from awards.cli.demo.panel import ORGANISER, holder, of
from awards.cli.shell import Shell, acting
from awards.models import Edition, Judge, JudgeState, Role
from awards.signatories import Signs

STILL_TO_APPROVE = "judge.specimen@example.org"
NAMES = (
    {"en": "Aria Specimen", "ko": "아리아 견본"},
    {"en": "Noel Placeholder", "ko": "노엘 보기"},
)
WORDS = (
    "The aims are clear and the figures honest. Add what the work costs in a year.",
    "You asked people early, and it shows. Say how those were reached who did not come.",
    "Strong in your own city; a page on what others can take over would make it stronger.",
    "You measure against a baseline, which few do. Two more years of figures would help.",
    "The part on what failed at first was the most useful of all. Keep it.",
)
NAMED = "The demo's certificates bear names that nobody has."


@click.command("demo-afterwards", hidden=True)
@click.argument("key")
@acting
def follow(shell: Shell, key: str) -> None:
    """Judges have released what they wrote, an organiser has approved most of it, and every nominee was written to."""
    session, edition = shell.session, editions.find(shell.session, key)
    organiser = holder(shell, edition, Role.ORGANISER, ORGANISER)
    panel = {it.account.email: it for it in judges.of_edition(session, edition, JudgeState.ACCEPTED)}
    for email, judge in panel.items():
        if email not in (HALF_THROUGH, STILL_TO_APPROVE):
            _release(shell, edition, judge)
    chosen = [it.public_id for it, _ in comments.waiting(session, edition)]
    comments.approve(session, edition, chosen, actor=organiser, now=shell.now)
    public = feedback.open_categories(session, edition, shell.now)
    feedback.send(session, edition, public, actor=organiser, now=shell.now)
    _release(shell, edition, panel[STILL_TO_APPROVE])


def _release(shell: Shell, edition: Edition, judge: Judge) -> None:
    """Words on every nomination of somebody who signs in to the demo; a judge has something else for each."""
    led = {it.id for email in (NOMINATOR, OFFICER) if (it := accounts.find(shell.session, email)) is not None}
    mine = [
        it for it in comments.of_judge(shell.session, edition, judge) if it.nomination.nominator_id in led
    ]
    for number, own in enumerate(mine, start=judge.id):
        comments.release(
            shell.session,
            edition,
            judge,
            own.sheet.public_id,
            WORDS[number % len(WORDS)],
            seen=own.number,
            actor=of(judge.account),
            now=shell.now,
        )


def name_those_who_sign(shell: Shell, edition: Edition, organiser: Actor) -> None:
    """Names beside the offices that the programme's file states."""
    found = signatories.listed(editions.texts_of(shell.session, edition))
    named = [Signs(name, it.office, it.since, it.until) for name, it in zip(NAMES, found, strict=False)]
    signatories.set_all(shell.session, edition, named, reason=NAMED, actor=organiser, now=shell.now)
