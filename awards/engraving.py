"""What leaves the house beside certificates: printed letters, and the list for whoever engraves plaques."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from awards import editions, honours, marked, nominations, results, templates
from awards.documents import CertificateKind, Citation
from awards.documents.template import LETTERS
from awards.documents.wording import fields_of, fill
from awards.honours import Honour
from awards.models import Edition
from awards.naming import shown
from awards.timetable import Moment

COLUMNS = (
    "reference",
    "category",
    "prize",
    "language",
    "nominee",
    "latin",
    "organisation",
    "project",
    "edition",
    "day",
)


class Letter(StrEnum):
    """INVITATION: to the ceremony, to finalists and winners. REGRET: to those whose category is signed without them."""

    INVITATION = "invitation"
    CONGRATULATION = "congratulation"
    REGRET = "regret"


assert tuple(Letter) == LETTERS


@dataclass(frozen=True, slots=True)
class Written:
    """A letter to one nomination, ready to be printed; paragraphs are divided by empty lines."""

    reference: str
    language: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Engraved:
    """One plaque in one language."""

    reference: str
    citation: Citation

    @property
    def cells(self) -> tuple[str, ...]:
        """What stands on it, in the order of COLUMNS."""
        it = self.citation
        latin, body = it.nominee_latin or "", it.organisation or ""
        return (
            self.reference, it.category, it.prize or "", it.language, it.nominee, latin, body, it.project,
            it.edition, it.awarded_on.isoformat(),
        )  # fmt: skip


def languages(session: Session, edition: Edition, letter: Letter) -> list[str]:
    """The languages of the edition in which the template has the letter."""
    made = templates.in_use(session, edition)
    rules = editions.rules_of(session, edition)
    wanted = dict.fromkeys((rules.working_language, *rules.languages))
    return [it for it in wanted if it in made.letters.get(letter.value, {}) and it in made.languages]


def letters(session: Session, edition: Edition, letter: Letter, language: str) -> Iterator[Written]:
    """The letter to everybody whom it concerns, by reference; of categories that are signed or announced only."""
    said = templates.in_use(session, edition).letters[letter.value][language]
    ceremony = editions.timetable_of(session, edition).get(Moment.CEREMONY)
    shared = honours.common(session, edition)
    for honour in _concerned(session, edition, letter):
        citation = honours.write_citation(
            session, edition, honour, language, number="", url="", shared=shared
        )
        fields = fields_of(citation, dict(citation.design or {}))
        if ceremony is None:
            fields = fields | {"day": "…"}
        fields = {name: value or "…" for name, value in fields.items()}
        yield Written(honour.reference, language, _filled(said.title, fields), _filled(said.text, fields))


def count(session: Session, edition: Edition, letter: Letter) -> int:
    """How many a letter concerns."""
    return len(_concerned(session, edition, letter))


def count_plaques(session: Session, edition: Edition) -> int:
    """How many plaques there are, in whatever languages."""
    return sum(it.kind is CertificateKind.WINNER for it in honours.of_edition(session, edition))


def _filled(text: str, fields: Mapping[str, str]) -> str:
    return "\n".join(fill((line,), fields) for line in text.splitlines())


def _concerned(session: Session, edition: Edition, letter: Letter) -> list[Honour]:
    honoured = [it for it in honours.of_edition(session, edition) if it.nomination and not it.partner]
    if letter is Letter.INVITATION:
        return list({it.holder: it for it in honoured}.values())
    if letter is Letter.CONGRATULATION:
        return [it for it in honoured if it.kind is CertificateKind.WINNER]
    signed = {key for key, it in results.frozen(session, edition).items() if it.signed_by is not None}
    winners = {it.holder for it in honoured if it.kind is CertificateKind.WINNER}
    day = next((it.day for it in honoured), None)
    if day is None:
        return []
    rest = [
        Honour(it, CertificateKind.FINALIST, "", shown(it), day)
        for it in nominations.whole(session, edition)
        if it.category in signed and it.state in marked.JUDGED
    ]
    return [it for it in rest if it.holder not in winners]


def plaques(session: Session, edition: Edition) -> Iterator[Engraved]:
    """Every prize of a signed category for whom it was given to and for each partner, in each language."""
    shared = honours.common(session, edition)
    for honour in honours.of_edition(session, edition):
        if honour.kind is CertificateKind.WINNER:
            for language in shared.languages:
                citation = honours.write_citation(
                    session, edition, honour, language, number="", url="", shared=shared
                )
                yield Engraved(honour.reference, citation)
