"""Whoever joins the public record with every public page can name no non-finalist and no judge.

The stranger here looks for names, and matches the record's numbers to nominations and judges by every order that
lines, labels and pages have. On the full record the same stranger names everybody.
"""

import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from awards.models import Judge, Nomination, NominationState
from tests.web.demos import everything, play
from tests.web.test_embargo_of_the_demo import EDITION, SHOWN, read_everything

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

Lines = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Truth:
    """What only the organisers know: non-finalists and judges, each with all that would name them."""

    nominations: dict[str, list[tuple[str, ...]]]
    judges: list[tuple[str, ...]]


@pytest.fixture
def released(app: Flask, cli: FlaskCliRunner) -> Flask:
    play(cli, "published")
    return app


def truth(app: Flask) -> Truth:
    """By category, non-finalists in the order in which they came; judges in the order in which they were seated."""
    from awards.extensions import db

    with app.app_context():
        nominations: dict[str, list[tuple[str, ...]]] = {}
        for it in db.session.scalars(select(Nomination).order_by(Nomination.id)):
            if it.state not in SHOWN and it.state is not NominationState.INELIGIBLE:
                text = it.revisions[-1]
                nominations.setdefault(it.category, []).append((it.reference, text.title, it.public_id))
        judges = [
            (it.account.name, it.account.email, it.public_id, it.account.public_id)
            for it in db.session.scalars(select(Judge).order_by(Judge.id))
        ]
    return Truth(nominations, judges)


def parts(content: bytes) -> Lines:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {
            name: [json.loads(line) for line in archive.read(name).splitlines()]
            for name in archive.namelist()
            if name.endswith(".jsonl")
        }


def public_record(app: Flask) -> bytes:
    with app.test_client().get(f"/en/{EDITION}/record.zip") as answer:
        assert answer.status_code == 200
        return answer.data


def full_record(cli: FlaskCliRunner, folder: Path) -> bytes:
    file = folder / "full.zip"
    assert cli.invoke(args=["record", "export", EDITION, str(file)]).exit_code == 0
    return file.read_bytes()


def in_every_order(found: Sequence[str]) -> Iterator[list[str]]:
    """The orders in which labels may give away where they come from."""
    unique = list(dict.fromkeys(found))
    yield unique
    yield unique[::-1]
    yield sorted(unique)
    yield sorted(unique, key=lambda label: [int(digits) for digits in re.findall(r"\d+", label)])


def most_matches(labels: Sequence[str], names: Sequence[tuple[str, ...]], key: dict[str, str]) -> int:
    """How many labels an order of the record and an order of the names put together rightly, at best."""
    orders = [list(names), sorted(names), sorted(names, key=lambda name: name[1])]
    return max(
        sum(key.get(label) == name[0] for label, name in zip(order, of_names, strict=False))
        for order in in_every_order(labels)
        for of_names in orders
    )


def test_no_name_stands_in_record_or_pages_but_of_judges_who_agreed(
    released: Flask, cli: FlaskCliRunner, tmp_path: Path
) -> None:
    known = truth(released)
    with zipfile.ZipFile(BytesIO(public_record(released))) as archive:
        public = "\n".join(archive.read(name).decode() for name in archive.namelist())
    with zipfile.ZipFile(BytesIO(full_record(cli, tmp_path))) as archive:
        full = "\n".join(archive.read(name).decode() for name in archive.namelist())
    of_nominations = [text for it in known.nominations.values() for name in it for text in name]
    of_judges = [text for name in known.judges for text in name]
    secrets = of_nominations + of_judges

    def named(these: list[str], there: str) -> list[str]:
        return [text for text in these if re.search(rf"(?<![\w-]){re.escape(text)}(?![\w-])", there)]

    assert named(secrets, public) == []
    assert named(of_nominations, read_everything(released)) == []
    assert named(of_judges, read_everything(released, but="/panel")) == []
    assert sum(text in full for text in secrets) > len(secrets) / 3


def test_no_order_matches_numbers_to_nominations(released: Flask) -> None:
    from awards.extensions import db
    from awards.models import RecordLabel

    known = truth(released)
    lines = parts(public_record(released))
    with released.app_context():
        key = {
            label.label: db.session.get(Nomination, label.nomination_id).reference
            for label in db.session.scalars(select(RecordLabel))
            if label.nomination_id
        }

    matched = total = sure = 0
    for category, names in known.nominations.items():
        labels = [it["nomination"] for it in lines["nominations.jsonl"] if it["category"] == category]
        labels = [label for label in labels if label in key and "title" not in label]
        hidden = [label for label in labels if key[label] in {name[0] for name in names}]
        matched += most_matches(hidden, names, key)
        sure += most_matches([name[0] for name in names], names, {name[0]: name[0] for name in names})
        total += len(names)

    assert total > 30
    assert sure == total
    assert matched <= total * 0.6


def test_no_order_matches_numbers_to_judges_or_one_category_to_another(released: Flask) -> None:
    from awards.extensions import db
    from awards.models import RecordLabel

    known = truth(released)
    lines = parts(public_record(released))
    with released.app_context():
        key = {
            label.label: db.session.get(Judge, label.judge_id).account.name
            for label in db.session.scalars(select(RecordLabel))
            if label.judge_id
        }
    categories = sorted({it["category"] for it in lines["judges.jsonl"]})

    matched = total = 0
    by_number: dict[str, set[str]] = {}
    for category in categories:
        labels = [it["judge"] for it in lines["judges.jsonl"] if it["category"] == category]
        total += len(labels)
        matched += most_matches(labels, known.judges, key)
        for label in labels:
            by_number.setdefault(label.rsplit("-", 1)[-1], set()).add(key[label])

    assert total == 35
    assert matched <= 26
    assert any(len(people) > 1 for people in by_number.values())


def test_the_pages_tell_of_the_record_that_is_served(released: Flask) -> None:
    served = [address for address in everything(released) if address.endswith("record.zip")]

    assert f"/en/{EDITION}/record.zip" in served
