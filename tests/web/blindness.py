"""An open round full of unmistakable marks, everybody's browser, and the walk of everybody over every address."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

import openpyxl
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from awards import accounts, assignments, declarations, editions, leaving, scoring, typings
from awards.assignments import HandBack
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import (
    Assignment,
    Edition,
    Judge,
    Leaving,
    Nomination,
    Origin,
    Role,
    ScoreSheet,
    ScoreSheetVersion,
    Typing,
)
from awards.scoring import Content
from awards.typings import Arrival
from awards.web import access
from awards.web.access import Audience
from judging.scoring import sheet_total
from judging.values import exact, rounded
from tests.awards.play import CRITERIA, Play, entry, judge
from tests.web.marking import KEY, NOW
from tests.web.signing import person, signed_in

HIGHEST, WEIGHT = 100, 97
JUDGES = ("ada", "ben", "cyd", "dan", "eva", "fay", "gil", "hal")
PEOPLE: Mapping[str, Role | None] = {
    "nobody": None,
    "nominator": None,
    "organiser": Role.ORGANISER,
    "screener": Role.SCREENER,
    "clerk": Role.CLERK,
    "typist": Role.CLERK,
    "second": Role.CLERK,
    "teller": Role.TELLER,
    "holder": Role.HOLDER,
    "elector": Role.ELECTOR,
    "chair": Role.CHAIR,
    "deputy": Role.DEPUTY,
    "auditor": Role.AUDITOR,
    "administrator": Role.ADMINISTRATOR,
}
VISITOR = "visitor"
EVERYBODY = (VISITOR, *PEOPLE, *JUDGES)
WALKERS = (VISITOR, *PEOPLE, "ada", "ben", "cyd", "eva", "fay")
"""Who walks: of the judges one of each kind, and a second one."""
CLERKS = frozenset({"clerk", "typist", "second"})
ENTRIES = ("N1", "N2", "N3", "N4", "M1")

GIVEN: Mapping[tuple[str, str], tuple[int, ...]] = {
    ("ada", "N1"): (61, 83), ("ada", "N2"): (37, 92), ("ada", "N3"): (58,), ("ada", "M1"): (73,),
    ("ben", "N1"): (29, 46), ("ben", "N2"): (94, 53), ("ben", "N3"): (67,), ("ben", "M1"): (38,),
    ("cyd", "N1"): (43, 71), ("cyd", "N2"): (86, 34),
    ("dan", "N1"): (78, 27), ("dan", "N2"): (52, 69),
    ("eva", "N1"): (33, 97),
    ("fay", "N2"): (91, 26),
    ("gil", "N4"): (47, 88),
    ("hal", "N1"): (82, 57),
}  # fmt: skip
"""Marks by criterion; one alone is of a sheet half-done, or of the category with one criterion."""
SUBMITTED = {("ada", "N1"), ("ada", "M1"), ("ben", "N1"), ("ben", "M1"), ("eva", "N1"), ("fay", "N2")}
WAITING, CONFIRMED = ("cyd", "N1"), ("cyd", "N2")
"""The sheets that came by telephone: one typed and not confirmed yet, one confirmed."""
Sheet = tuple[str, str]


def criteria(reference: str) -> tuple[str, ...]:
    return ("impact",) if reference == "M1" else CRITERIA


def content(sheet: Sheet, early: str = "") -> Content:
    """What a judge gives, in words that stand nowhere else."""
    judge, reference = sheet
    return Content(
        dict(zip(criteria(reference), GIVEN[sheet], strict=False)),
        f"ZEBRA-{judge}-{reference}{early} thought of it",
        f"OKAPI-{judge}-{reference}{early} told to them",
    )


@dataclass(frozen=True)
class Secret:
    """What nobody finds but those named, as one of the signs that `signs` finds in a text."""

    name: str
    looks: frozenset[str]
    seen_by: frozenset[str] = frozenset()


class Blind:
    """The round. `clients` of everybody; `secrets` of every sheet, and what follows from all of them together."""

    def __init__(self, app: Flask) -> None:
        app.config["WTF_CSRF_METHODS"] = frozenset()
        self.app = app
        with app.app_context():
            begin_writing()
            rules = {"highest": HIGHEST, "weight": WEIGHT, "minimum": 9, "per_nomination": 9}
            self.play = Play(db.session(), Path(app.config["LAURELS_DATA"]), rules, now=NOW)
            self.play.nominate(*(entry(it, "openness" if it == "M1" else "services") for it in ENTRIES))
            self.play.seat(*(judge(it) for it in JUDGES))
            self.play.assign()
            edition = self.edition()
            self._declare(edition)
            db.session.commit()
            for name, role in PEOPLE.items():
                person(
                    _email(name), *([role] if role else []), edition=edition, name=f"Example {name.title()}"
                )
            self._nominator()
        self.tokens: dict[str, str] = {}
        self.clients = {name: self._client(name) for name in EVERYBODY}
        self._give()
        with app.app_context():
            self.secrets = tuple(self._secrets())

    def edition(self) -> Edition:
        return editions.find(db.session(), KEY)

    def judge(self, name: str) -> Judge:
        found = accounts.find(db.session(), _email(name))
        assert found is not None
        return db.session.scalars(select(Judge).where(Judge.account_id == found.id)).one()

    def actor(self, name: str) -> Actor:
        found = accounts.find(db.session(), _email(name))
        assert found is not None
        return Actor(found, found)

    def assignment(self, sheet: Sheet) -> Assignment:
        name, reference = sheet
        return db.session.scalars(
            select(Assignment)
            .join(Nomination)
            .where(Assignment.judge_id == self.judge(name).id, Nomination.reference == reference)
        ).one()

    def _declare(self, edition: Edition) -> None:
        for name in JUDGES:
            found = self.judge(name)
            found.conduct_version, found.conduct_at = 1, NOW
            declarations.declare(db.session(), edition, found, {}, actor=self.actor(name), now=NOW)

    def _nominator(self) -> None:
        begin_writing()
        found = db.session.scalars(select(Nomination).where(Nomination.reference == "N1")).one()
        found.nominator_id = self.actor("nominator").account.id
        db.session.commit()

    def _client(self, name: str) -> FlaskClient:
        if name == VISITOR:
            return self.app.test_client()
        client = signed_in(self.app, _email(name))
        with client.session_transaction() as cookie:
            self.tokens[name] = cookie["_user_id"]
        return client

    def in_twin(self, twin: Flask) -> dict[str, FlaskClient]:
        """The same people with the same sessions over a copy of the database."""
        twin.config["WTF_CSRF_METHODS"] = frozenset()
        found = {VISITOR: twin.test_client()}
        for name, token in self.tokens.items():
            found[name] = twin.test_client()
            with found[name].session_transaction() as cookie:
                cookie["_user_id"], cookie["_fresh"] = token, True
        return found

    def _give(self) -> None:
        for sheet in GIVEN:
            if sheet[0] not in ("dan", "hal", "cyd"):
                self._on_the_site(sheet)
        self._by_telephone()
        self._by_workbook()
        with self.app.app_context():
            begin_writing()
            self._by_file()
            edition = self.edition()
            who = {"actor": self.actor("eva"), "now": NOW}
            leaving.leave(db.session(), edition, self.judge("eva"), Leaving.ILLNESS, note="Ill.", **who)
            who["actor"] = self.actor("fay")
            conflicted = self.assignment(("fay", "N2")).nomination
            declarations.declare_one(
                db.session(), edition, self.judge("fay"), conflicted, reason="A cousin.", **who
            )
            who["actor"] = self.actor("gil")
            back = self.assignment(("gil", "N4"))
            assignments.hand_back(db.session(), edition, back, HandBack.TIME, note="", **who)
            db.session.commit()

    def _on_the_site(self, sheet: Sheet) -> None:
        with self.app.app_context():
            begin_writing()
            edition, assignment = self.edition(), self.assignment(sheet)
            who = {"opened": NOW, "actor": self.actor(sheet[0]), "now": NOW}
            scoring.save(db.session(), edition, assignment, content(sheet, "-early"), base=0, **who)
            scoring.save(db.session(), edition, assignment, content(sheet), base=1, **who)
            if sheet in SUBMITTED:
                scoring.submit(db.session(), edition, assignment, **who)
            db.session.commit()

    def _by_telephone(self) -> None:
        with self.app.app_context():
            begin_writing()
            edition = self.edition()
            for sheet in (WAITING, CONFIRMED):
                arrival = Arrival(Origin.TYPED, NOW, note=f"GNU-{sheet[1]} called from 02-000.")
                typed = typings.write(
                    db.session(),
                    edition,
                    self.assignment(sheet),
                    content(sheet),
                    arrival,
                    base=0,
                    actor=self.actor("typist"),
                    now=NOW,
                )
                if sheet == CONFIRMED:
                    typings.confirm(db.session(), edition, typed, actor=self.actor("second"), now=NOW)
            db.session.commit()

    def _by_workbook(self) -> None:
        address = f"/en/judging/{KEY}/offline"
        book = openpyxl.load_workbook(io.BytesIO(self.clients["dan"].get(f"{address}/marks.xlsx").data))
        for leaf in book.worksheets:
            heads = {cell.value: cell.column for cell in leaf[3] if cell.value}
            for row in range(5, leaf.max_row + 1) if "reference" in heads else ():
                sheet = ("dan", str(leaf.cell(row, heads["reference"]).value))
                if sheet not in GIVEN:
                    continue
                given = content(sheet)
                cells = {f"mark {key}": mark for key, mark in given.marks.items()}
                for key, value in (cells | {"comment": given.comment, "feedback": given.feedback}).items():
                    leaf.cell(row, heads[key]).value = value
        saved = io.BytesIO()
        book.save(saved)
        file = {"workbook": (io.BytesIO(saved.getvalue()), "marks.xlsx")}
        answer = self.clients["dan"].post(address, data=file, content_type="multipart/form-data")
        assert (answer.status_code, "2 sheets were saved" in answer.text) == (200, True), answer.text

    def _by_file(self) -> None:
        given = content(("hal", "N1"))
        marks = [str(given.marks[key]) for key in CRITERIA]
        play = Play.__new__(Play)
        play.session, play.edition, play.now = db.session(), self.edition(), NOW
        play.actor = self.actor("administrator")
        play.mark((_email("hal"), "N1", *marks, given.comment))

    def _secrets(self) -> Iterator[Secret]:
        rules = editions.rules_of(db.session(), self.edition())
        sums: dict[str, list[object]] = {}
        for sheet, marks in GIVEN.items():
            name, reference = sheet
            seen_by = frozenset({name}) | (CLERKS if sheet == WAITING else frozenset())
            for animal in ("ZEBRA", "OKAPI"):
                yield Secret(f"{animal} {sheet}", frozenset({f"{animal}-{name}-{reference}"}), seen_by)
            if len(marks) < len(CRITERIA):
                continue
            yield Secret(f"marks {sheet}", _beside(marks), seen_by)
            total = sheet_total(rules, "services", content(sheet).marks)
            sums.setdefault(reference, []).append(total)
            yield Secret(f"total {sheet}", _number(rounded(total), exact(total)), seen_by)
        for reference, totals in sums.items():
            for number in range(2, len(totals) + 1):
                mean = sum(totals[:number]) / number  # type: ignore[arg-type]
                yield Secret(f"mean {reference}", _number(rounded(mean), exact(mean)))

    def starts(self, who: str) -> list[str]:
        """An address or more of every rule whose door somebody passes, and for nobody in particular of every rule.

        That doors stay shut for the others is tried in test_audiences.
        """
        values, found = self.values(), []
        for rule in self.app.url_map.iter_rules():
            asked = access.audience_of(self.app, rule.endpoint)
            if "GET" not in (rule.methods or ()) or "language" not in rule.arguments or asked is None:
                continue
            if who == "nobody" or passes(who, asked):
                found += filled(rule, values)
        return sorted(found)

    def values(self) -> dict[str, list[str]]:
        """What the arguments of addresses can be."""
        with self.app.app_context():
            session = db.session()
            return {
                "language": ["en"],
                "edition": [KEY],
                "nomination": [
                    it.public_id
                    for it in session.scalars(select(Nomination).where(Nomination.reference == "N1"))
                ],
                "reference": ["N1", "N2"],
                "other": ["N2"],
                "judge": [self.judge(it).public_id for it in ("ada", "eva")],
                "typing": list(session.scalars(select(Typing.public_id))),
                "code": [
                    self.assignment(it).code or ""
                    for it in (("ada", "N1"), ("ben", "N2"), WAITING, CONFIRMED)
                ],
                "category": ["services", "openness"],
                "person": [self.judge("ada").account.public_id],
                "before": ["1"],
                "after": ["1"],
                "number": ["1"],
                "page": ["1"],
            }


def passes(who: str, asked: Audience) -> bool:
    """Whether the door of an audience is open to somebody; pages for all are walked by the visitor."""
    if asked is Audience.ANYONE or who == VISITOR:
        return who == VISITOR and asked in access.OPEN
    role = Role.JUDGE if who in JUDGES else PEOPLE[who]
    auditor = role is Role.AUDITOR and asked in access.READABLE_BY_AUDITORS
    return auditor or asked not in access.ROLES or role in access.ROLES[asked]


def _email(name: str) -> str:
    return f"{name}@example.org" if name in JUDGES else f"{name}@people.example"


def _beside(marks: Sequence[int]) -> frozenset[str]:
    """The marks of a sheet one after the other, either way round."""
    first, second = marks
    return frozenset({f"{first} {second}", f"{second} {first}"})


def _number(*texts: str) -> frozenset[str]:
    return frozenset(it for it in texts if "." in it or "/" in it)


WORDS = re.compile(r"(?:ZEBRA|OKAPI)-[a-z]+-[A-Z][0-9]")
PAIRS = re.compile(r"(?<![\w.])(\d\d)(?![\w.])(?=\D{1,120}(?<![\w.])(\d\d)(?![\w.]))")
NUMBERS = re.compile(r"(?<![\w.])\d+[./]\d+(?!\w)")


@cache
def signs(text: str) -> frozenset[str]:
    """What could be of a sheet: its words, two marks with no other number between, a total as a decimal or fraction."""
    pairs = {f"{first} {second}" for first, second in PAIRS.findall(text)}
    return frozenset({*WORDS.findall(text), *pairs, *NUMBERS.findall(text)})


def read(answer: TestResponse) -> str:
    """What an answer says, whatever its kind, without what is drawn anew for every answer."""
    data = answer.get_data()
    if answer.mimetype == "application/pdf":
        return _printed(data)
    if answer.mimetype.endswith("spreadsheetml.sheet"):
        return _tabled(data)
    text = data.decode("utf-8", "replace")
    text = re.sub(r'(name="csrf_token"[^>]*value=|nonce=)"[^"]*"', "", text)
    return f"{answer.headers.get('Location', '')}\n{answer.headers.get('Content-Disposition', '')}\n{text}"


@cache
def _printed(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


@cache
def _tabled(data: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(data))
    rows = (row for leaf in book.worksheets for row in leaf.iter_rows(values_only=True))
    return "\n".join("\t".join("" if it is None else str(it) for it in row) for row in rows)


MOST_OF_A_KIND = 2
"""How many addresses of one rule are followed, besides those that differ in their query."""


class Ways(HTMLParser):
    """Every address that a page offers: its links, and its forms of method GET with each choice."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._form: str | None = None
        self._name = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        its = dict(attrs)
        if tag == "a" and its.get("href"):
            self.found.append(its["href"] or "")
        elif tag in ("img", "object") and its.get("src"):
            self.found.append(its["src"] or "")
        elif tag == "form":
            self._form = (its.get("action") or "") if (its.get("method") or "get").lower() == "get" else None
        elif self._form is not None and tag in ("select", "input", "button") and its.get("name"):
            self._name = its["name"] or ""
            if tag != "select":
                for said in (
                    (its.get("value"), "ZEBRA")
                    if its.get("type") in (None, "text", "search")
                    else (its.get("value") or "1",)
                ):
                    self._offer(said or "")
        elif tag == "option" and self._form is not None:
            self._offer(its.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None

    def _offer(self, value: str) -> None:
        self.found.append(f"{(self._form or '').partition('?')[0]}?{urlencode({self._name: value})}")


def filled(rule: Rule, values: Mapping[str, Sequence[str]], most: int = 4) -> list[str]:
    """Addresses of a rule, with everything that its arguments can be."""
    names = sorted(rule.arguments)
    found = []
    for chosen in product(*(values.get(name, ["x"]) for name in names)):
        built = rule.build(
            {
                n: int(v) if n in ("before", "after", "number", "page") else v
                for n, v in zip(names, chosen, strict=True)
            },
            append_unknown=False,
        )
        assert built is not None, rule
        found.append(built[1])
    return found[:most]


Answers = dict[str, tuple[int, str]]


class Walk:
    """What somebody is answered at every address that they know or that a page offers to them.

    The choices that a page offers in its query are tried on the first page of each rule.
    """

    def __init__(self, app: Flask, client: FlaskClient, start: Iterable[str]) -> None:
        self.adapter = app.url_map.bind("localhost")
        self.client = client
        self.answers: Answers = {}
        self._waiting: list[str] = []
        self._known: set[str] = set()
        self._paths: dict[str, set[str]] = {}
        self._opened: set[str] = set()
        for address in start:
            self._known.add(address)
            self._waiting.append(address)
        while self._waiting:
            self._open(self._waiting.pop(0))

    def _open(self, address: str) -> None:
        answer = self.client.get(address, buffered=True)
        self.answers[address] = (answer.status_code, read(answer))
        if location := answer.headers.get("Location"):
            self._offer(urljoin(f"http://localhost{address}", location))
        if answer.mimetype != "text/html" or answer.status_code != 200:
            return
        endpoint, first = self._endpoint(address), "?" not in address
        tries = first and endpoint not in self._opened
        self._opened.add(endpoint)
        for way in Ways(answer.text).found:
            if "?" not in way or tries:
                self._offer(urljoin(f"http://localhost{address}", way))

    def _offer(self, address: str) -> None:
        parts = urlsplit(address)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if parts.netloc not in ("", "localhost") or not parts.path.startswith("/en") or path in self._known:
            return
        self._known.add(path)
        paths = self._paths.setdefault(self._endpoint(path), set())
        if parts.path in paths or len(paths) < MOST_OF_A_KIND:
            paths.add(parts.path)
            self._waiting.append(path)

    def _endpoint(self, address: str) -> str:
        try:
            return str(self.adapter.match(urlsplit(address).path)[0])
        except HTTPException:
            return ""


def leaks(
    secrets: Iterable[Secret], who: str, answers: Mapping[str, tuple[int, str]]
) -> list[tuple[str, str, str]]:
    """Who finds what is not for them, and where."""
    found = []
    for address, (_, text) in answers.items():
        there = signs(text)
        found += [(who, address, it.name) for it in secrets if it.looks & there and who not in it.seen_by]
    return found


def remark(app: Flask, changed: Iterable[Sheet], sheets: Mapping[Sheet, int]) -> None:
    """In a copy of the database, other marks and words on some sheets, past what guards them: as whole as before."""
    with app.app_context():
        connection = db.session.connection()
        connection.exec_driver_sql("DROP TRIGGER guard_score_sheet_version_update")
        wanted = {sheets[it] for it in changed}
        for version in db.session.scalars(select(ScoreSheetVersion).join(ScoreSheet)):
            if version.sheet.assignment_id in wanted:
                version.marks = {key: HIGHEST + 1 - mark for key, mark in version.marks.items()}
                version.comment, version.feedback = "Another word.", "Another word to them, and a longer one."
        db.session.commit()
