"""A vote in the browser: an edition whose second round is open, and electors who come in by link, code or account."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select
from werkzeug.test import TestResponse

from awards import attachments, codes, editions, nominations, passes, uploads
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import Account, Ballot, Election, Envelope, NominationRevision, RollEntry, VotingCode
from tests.awards.contest import FINALISTS, Contest
from tests.awards.play import NOW, entry
from tests.web.laid import laid
from tests.web.markup import Page

KEY = "small-prize"
BOOTH = f"/en/vote/{KEY}"
OPENNESS = ("OP-1", "OP-2")
ELECTORS = ("one", "two", "three")
ONE_CHOICE = '\n[vote]\nelectorate = "public"\nmethod = "one_choice"\n'
APPROVAL = '\n[vote]\nelectorate = "public"\nmethod = "approval"\napprove_up_to = 2\n'
RANKING = '\n[vote]\nelectorate = "public"\nmethod = "borda"\n'
Fields = Sequence[tuple[str, str]]


class Vote:
    """The open vote, and everybody's browser."""

    def __init__(
        self,
        app: Flask,
        more: str = ONE_CHOICE,
        electors: Sequence[str] = ELECTORS,
        *,
        barred: Mapping[str, Sequence[str]] | None = None,
        summary: str = "Shared.",
        **rules: object,
    ) -> None:
        self.app, self.barred = app, barred or {}
        folder = Path(app.config["LAURELS_DATA"])
        with app.app_context():
            world = repr(("vote", more, electors, self.barred, summary, rules))
            self.contest = laid(world, folder, lambda: self._begin(folder, more, electors, summary, rules))

    def _begin(
        self, folder: Path, more: str, electors: Sequence[str], summary: str, rules: Mapping[str, object]
    ) -> Contest:
        begin_writing()
        standing = [*((name, "services") for name in FINALISTS), *((name, "openness") for name in OPENNESS)]
        entries = [entry(name, category, summary=summary) for name, category in standing]
        marks = dict.fromkeys((*FINALISTS, *OPENNESS), 8)
        self.contest = Contest(db.session, folder, rules, more, entries=entries, marks=marks)
        if 'electorate = "public"' in more:
            self.contest.enrol(*((it, it.title(), f"{it}@electors.example", "") for it in electors))
        self.contest.opened()
        for elector, references in self.barred.items():
            self._bar(elector, references)
        db.session.commit()
        return self.contest

    def _bar(self, elector: str, references: Sequence[str]) -> None:
        from awards.models import Entitlement

        for it in db.session.scalars(select(Entitlement)):
            if it.roll_entry.elector == elector:
                it.barred = list(references)

    def again(self) -> Contest:
        """The contest in this application context."""
        self.contest.edition = editions.find(db.session(), KEY)
        account = db.session.scalars(select(Account).where(Account.operator)).first()
        assert account is not None
        self.contest.actor = Actor(account=account, real=account, operator=True)
        return self.contest

    def entry(self, elector: str) -> RollEntry:
        """Asked for inside an application context."""
        return db.session.scalars(select(RollEntry).where(RollEntry.elector == elector)).one()

    def attach(self, reference: str, **files: bytes) -> dict[str, str]:
        """Files of a nomination, each the answer to a field; their keys by field."""
        with self.app.app_context():
            begin_writing()
            contest = self.again()
            nomination = contest.nomination(reference)
            before = nominations.standing_revision(nomination)
            folder = Path(self.app.config["LAURELS_DATA"]) / attachments.FILES
            keys = {}
            for field, content in files.items():
                taken = uploads.inspect(f"{field}.pdf", content, kinds=uploads.TAKEN)
                who = {"folder": folder, "actor": contest.actor, "now": NOW}
                keys[field] = attachments.add(db.session(), nomination, field, taken, **who).key
            columns = {it.key: getattr(before, it.key) for it in inspect(NominationRevision).column_attrs}
            columns |= {"id": None, "number": before.number + 1}
            columns["content"] = {field: [key] for field, key in keys.items()}
            db.session.add(NominationRevision(**columns))
            nomination.submitted_number = before.number + 1
            db.session.commit()
            return keys

    def link(self, elector: str) -> str:
        """The address that a mail to this elector holds."""
        with self.app.app_context():
            begin_writing()
            token = passes.make_link(db.session(), self.entry(elector), now=NOW)
            db.session.commit()
        return f"/en/vote/link/{token}"

    def code(self, elector: str, words: str) -> None:
        """A printed letter with these words."""
        with self.app.app_context():
            begin_writing()
            it = VotingCode(
                roll_entry_id=self.entry(elector).id,
                number=1,
                code_hash=codes.digest(words),
                made_at=NOW,
                made_by_id=self.again().actor.account.id,
            )
            db.session.add(it)
            db.session.commit()

    def browser(self, elector: str) -> FlaskClient:
        """A device on which this elector was let in by a link."""
        client = self.app.test_client()
        answer = press(client, client.get(self.link(elector)))
        assert (answer.status_code, answer.location) == (303, f"{BOOTH}/")
        return client

    def envelopes(self) -> list[tuple[str, str]]:
        """Elector and category of every envelope."""
        with self.app.app_context():
            rows = db.session.execute(
                select(RollEntry.elector, Election.category)
                .join(Envelope, Envelope.roll_entry_id == RollEntry.id)
                .join(Election, Election.id == Envelope.election_id)
            )
            return sorted((who, category) for who, category in rows)

    def count(self) -> dict[str, list[list[str]]]:
        """Close the vote: what was chosen, by category."""
        with self.app.app_context():
            begin_writing()
            self.again().close()
            db.session.commit()
            rows = db.session.execute(
                select(Election.category, Ballot.choice).join(Ballot, Ballot.election_id == Election.id)
            )
            found: dict[str, list[list[str]]] = {}
            for category, choice in rows:
                found.setdefault(category, []).append(list(choice))
            return {category: sorted(choices) for category, choices in found.items()}


def hidden(page: str, form: str = "ballot") -> list[tuple[str, str]]:
    """The hidden fields of a form on a page."""
    whole = re.search(rf'<form[^>]*id="{form}".*?</form>', page, re.DOTALL)
    inside = whole[0] if whole else page[page.index("<main") :]
    return [
        (name, unescape(value))
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', inside)
    ]


def press(
    client: FlaskClient, page: TestResponse, fields: Fields = (), *, to: str | None = None
) -> TestResponse:
    """Press a button of a page: what it hides and what is filled in goes to where the button leads."""
    data: dict[str, list[str]] = {}
    for name, value in [*hidden(page.text), *fields]:
        data.setdefault(name, []).append(value)
    return client.post(to or page.request.path, data=data)


def fill_in(client: FlaskClient, category: str, *fields: tuple[str, str]) -> TestResponse:
    """Open a ballot, fill it in, and look it over."""
    page = client.get(f"{BOOTH}/{category}")
    assert page.status_code == 200, (page.status_code, page.location)
    return press(client, page, fields, to=f"{BOOTH}/review")


def cast(client: FlaskClient, category: str, *fields: tuple[str, str]) -> TestResponse:
    """Fill in a ballot and cast it."""
    return press(client, fill_in(client, category, *fields), to=f"{BOOTH}/cast")


def receipt(page: TestResponse) -> list[str]:
    """The codes of the receipts that a page shows."""
    return [
        " ".join(it.replace("<br>", " ").split())
        for it in re.findall(r'<p class="receipt[^>]*>(.*?)</p>', page.text, re.DOTALL)
    ]


def numbers(page: TestResponse) -> list[str]:
    """The envelopes' numbers that stand on the receipts of a page."""
    return [
        re.sub(r"<br>|\s", "", it)
        for it in re.findall(r'<p class="envelope[^>]*>(.*?)</p>', page.text, re.DOTALL)
    ]


def says(page: TestResponse) -> str:
    """The words of a page, which is well-formed."""
    assert Page(page.text).faults == []
    words = re.sub(r"<[^>]+>", " ", page.text)
    return " ".join(unescape(words).split())
