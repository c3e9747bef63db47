"""Key holders in the theatre: three simulated ones make their keys, and two of them open."""

from __future__ import annotations

from datetime import timedelta

from awards import accounts, giving, holders, polls, shares
from awards.audit import Actor
from awards.holders import Secret
from awards.models import Role
from awards.rehearsing.stage import BECAUSE, DOMAIN, Stage
from awards.results import Closed

PASSPHRASE = "a share of the theatre"  # noqa: S105 (of simulated people)
THREE = (1, 2, 3)


def name(stage: Stage) -> None:
    """Three holders, each with a key, where the live edition names some."""
    if not stage.brief.holders:
        return
    for number in THREE:
        account, _made = accounts.find_or_make(
            stage.session,
            f"holder-{number}@{DOMAIN}",
            name=f"Holder {number}",
            now=stage.now,
            actor=stage.actor,
        )
        accounts.grant(
            stage.session, account, Role.HOLDER, edition=stage.edition, actor=stage.actor, now=stage.now
        )
        own = Actor(account=account, real=account)
        words = holders.make(
            stage.session,
            stage.edition,
            account,
            PASSPHRASE,
            folder=stage.theatre.keys,
            actor=own,
            now=stage.now,
        )
        row = holders.find(stage.session, stage.edition, account).row
        assert row is not None
        one, other = holders.asked(row)
        holders.confirm(
            stage.session,
            stage.edition,
            account,
            PASSPHRASE,
            (words[one - 1], words[other - 1]),
            folder=stage.theatre.keys,
            actor=own,
            now=stage.now,
        )


def open_by_two(stage: Stage) -> Closed | None:
    """The vote closed, and opened with the shares of two; None where the key is one file."""
    if not shares.is_shared(stage.session, stage.edition):
        return None
    poll = polls.look(stage.session, stage.edition)
    if poll.closes is not None:
        end = poll.closes.instant + polls.grace(stage.session, stage.edition)
        stage.now = max(stage.now, end + timedelta(minutes=1))
    polls.close(stage.session, stage.edition, reason=BECAUSE, actor=stage.actor, now=stage.now)
    closed = None
    for holder in holders.of_edition(stage.session, stage.edition)[:2]:
        closed = giving.give(
            stage.session,
            stage.edition,
            holder.account,
            Secret(PASSPHRASE),
            reason=BECAUSE,
            key_folder=stage.theatre.keys,
            actor=Actor(account=holder.account, real=holder.account),
            now=stage.now,
        ).closed
    return closed
