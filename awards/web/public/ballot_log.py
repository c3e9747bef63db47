"""The public log of the votes: roots by the hour, every envelope, the opened list; a receipt looked up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC

from flask import Response, abort, request, stream_with_context
from flask_babel import gettext as _

from awards import ballot_list, ballot_log
from awards.ballot_list import LEAST, PAGE, Log
from awards.extensions import db
from awards.web import words
from awards.web.access import Audience, audience
from awards.web.public.routes import blueprint, show
from awards.web.public.votes import Part, Votes, in_words, struck
from judging import receipt_words
from judging.receipt_words import CodeUnreadable

LONGEST = 400
HEADS = 24
HEX = re.compile(r"[0-9a-f]+")


@blueprint.get("/<edition>/ballot-log")
@audience(Audience.ANYONE)
def ballot_log_of(edition: str) -> str:
    return _index(Votes(edition))


def _index(votes: Votes, typed: str = "", problem: str = "") -> str:
    return show("ballot_log.html", votes.page, votes=votes, typed=typed, problem=problem, longest=LONGEST)


@blueprint.post("/<edition>/ballot-log")
@audience(Audience.ANYONE)
def find_receipt(edition: str) -> str | tuple[str, int]:
    """Look a receipt up. What was typed stands in no address and no log, and is kept nowhere."""
    votes = Votes(edition)
    typed = words.tidy(request.form.get("receipt", ""))[:LONGEST]
    digits = re.sub(r"[\s\-.:]", "", typed).lower()
    try:
        if not typed:
            said = _("Type the fingerprint of your envelope, or the words of your receipt code.")
            return _index(votes, problem=said), 422
        if not (HEX.fullmatch(digits) and any(it.isdigit() for it in digits)):
            digits = receipt_words.beginning(typed)
        elif len(digits) < LEAST:
            said = _("Type at least the first %(least)d signs of the fingerprint.", least=LEAST)
            return _index(votes, typed, said), 422
    except CodeUnreadable as error:
        return _index(votes, typed, _unreadable(error)), 422
    found = ballot_list.find(db.session(), votes.page.face.edition, digits)
    return show("receipt_found.html", votes.page, votes=votes, found=[in_words(votes, it) for it in found])


def _unreadable(error: CodeUnreadable) -> str:
    if error.word:
        return _(
            "“%(word)s” is not one of the words of which receipt codes are made. Look at its spelling.",
            word=error.word,
        )
    return _(
        "A receipt code has %(needed)d words; %(found)d were typed.",
        needed=receipt_words.BYTES,
        found=error.count,
    )


@blueprint.get("/<edition>/ballot-log/<public_id>")
@audience(Audience.ANYONE)
def envelopes_of(edition: str, public_id: str) -> str:
    votes = Votes(edition)
    log = votes.one(public_id)
    part = _part(log.length)
    heads = ballot_log.heads(db.session(), [log.election.id])[log.election.id][::-1]
    return show(
        "envelopes.html",
        votes.page,
        votes=votes,
        log=log,
        part=part,
        lines=ballot_list.envelopes(db.session(), log, part.start) if log.length else [],
        heads=heads[:HEADS],
        earlier=max(0, len(heads) - HEADS),
        struck=struck,
    )


@blueprint.get("/<edition>/ballot-log/<public_id>/ballots")
@audience(Audience.ANYONE)
def ballots_of(edition: str, public_id: str) -> str:
    votes = Votes(edition)
    log = _opened(votes, public_id)
    part, names = _part(log.ballots), votes.called(log.election.category)
    found = ballot_list.ballots(db.session(), log, part.start)
    return show(
        "ballots.html",
        votes.page,
        votes=votes,
        log=log,
        part=part,
        lists=votes.lists(log),
        lines=[votes.listed(log, it, names) for it in found],
    )


def _opened(votes: Votes, public_id: str) -> Log:
    log = votes.one(public_id)
    if log.election.commitments_root is None:
        abort(404)
    return log


def _part(total: int) -> Part:
    """The part of a list that is asked for; one that there is not is no page."""
    asked = request.args.get("part", "1")
    number = int(asked) if re.fullmatch(r"[1-9][0-9]{0,6}", asked) else 0
    part = Part(number, total)
    if not 1 <= number <= part.pages:
        abort(404)
    return part


@blueprint.get("/<edition>/ballot-log/<public_id>/roots.txt")
@audience(Audience.ANYONE)
def roots_file(edition: str, public_id: str) -> Response:
    """Every root: its number, over how many envelopes, the hash, when it was published."""
    log = Votes(edition).one(public_id)
    found = ballot_log.heads(db.session(), [log.election.id])[log.election.id]
    lines = (f"{it.number} {it.size} {it.root} {it.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}\n" for it in found)
    return _file(lines, f"{log.election.public_id}-roots.txt")


@blueprint.get("/<edition>/ballot-log/<public_id>/envelopes.txt")
@audience(Audience.ANYONE)
def envelopes_file(edition: str, public_id: str) -> Response:
    """Every envelope: its position, `-` while it waits, its fingerprint, and why it was set aside."""
    log = Votes(edition).one(public_id)
    lines = (
        f"{'-' if it.position is None else it.position} {it.fingerprint} {it.set_aside}".rstrip() + "\n"
        for it in ballot_list.all_envelopes(db.session(), log)
    )
    return _file(lines, f"{log.election.public_id}-envelopes.txt")


@blueprint.get("/<edition>/ballot-log/<public_id>/ballots.txt")
@audience(Audience.ANYONE)
def ballots_file(edition: str, public_id: str) -> Response:
    """Every commitment; once single ballots are public, with nonce and choice, so that anybody makes the hash again."""
    votes = Votes(edition)
    log = _opened(votes, public_id)
    lists = votes.lists(log)

    def lines() -> Iterator[str]:
        for start in range(0, log.ballots, 10 * PAGE):
            for it in ballot_list.ballots(db.session(), log, start, 10 * PAGE):
                yield " ".join([it.commitment, *([it.nonce, *it.choice] if lists else [])]) + "\n"

    return _file(lines(), f"{log.election.public_id}-ballots.txt")


def _file(lines: Iterator[str], name: str) -> Response:
    found = Response(stream_with_context(lines), mimetype="text/plain")
    found.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return found
