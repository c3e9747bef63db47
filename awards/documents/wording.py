"""The fixed words of a certificate, one catalogue a language, and the sentences made with them."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from awards.documents.citation import CertificateKind, Citation, printed
from awards.documents.typesetting import KEEP


@dataclass(frozen=True, kw_only=True)
class Wording:
    """`order` is the order in which the parts of the certificate stand, from the top to the date."""

    tag: str
    order: tuple[str, ...]
    title: str
    specimen: str
    honour: Mapping[CertificateKind, str]
    given: str
    given_without_prize: str
    merit: Callable[[Citation], str]
    sentence: Callable[[Citation], str]
    number: str
    code: str
    verify: str
    day: Callable[[datetime.date], str]

    def honour_of(self, citation: Citation) -> str:
        return printed(citation.prize) or self.honour[citation.kind]

    def given_for(self, citation: Citation) -> str:
        return self.given if printed(citation.prize) else self.given_without_prize

    def occasion_of(self, citation: Citation) -> str:
        return f"{printed(citation.category)} · {edition_in_full(citation)}"

    def when_and_where(self, citation: Citation) -> str:
        place, day = printed(citation.place), self.day(citation.awarded_on)
        if not place:
            return day
        return f"{day}, {place}" if self.tag == "ko" else f"{place}, {day}"

    def heading(self, citation: Citation) -> str:
        """The title in the file's properties."""
        parts = [self.title, self.honour_of(citation), printed(citation.nominee), edition_in_full(citation)]
        return " · ".join([self.specimen, *parts] if citation.specimen else parts)


def edition_in_full(citation: Citation) -> str:
    """The edition's name, after the programme's where it doesn't hold it already."""
    programme, edition = printed(citation.programme), printed(citation.edition)
    return (
        edition if not programme or programme.casefold() in edition.casefold() else f"{programme}, {edition}"
    )


def grouped(code: str) -> str:
    """Groups of at most four signs, as even as can be: ABCD-EFG-HJK."""
    signs = "".join(c for c in printed(code) if c not in "- ")
    groups = max(1, -(-len(signs) // 4))
    ends = [len(signs) * i // groups for i in range(groups + 1)]
    return "-".join(signs[a:b] for a, b in pairwise(ends))


MONTHS = "January February March April May June July August September October November December".split()


def english_day(day: datetime.date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def korean_day(day: datetime.date) -> str:
    return f"{day.year}년 {day.month}월 {day.day}일"


def kept(name: str) -> str:
    """A short name that no line end divides."""
    return name.replace(" ", KEEP) if len(name) <= 14 else name


def korean_sentence(citation: Citation) -> str:
    category = printed(citation.category)
    field = category if category.endswith("부문") else f"{category} 부문"
    contest = f"{edition_in_full(citation)} {kept(field)}"
    if citation.kind is CertificateKind.FINALIST:
        subject = "위 사람이" if citation.person else "위 기관의 사업이"
        return f"{subject} {contest} 1차 평가를 통과하였기에 이 상장을 수여합니다."
    subject, honoured = ("위 사람을", "수상자로") if citation.person else ("위 기관의 사업을", "수상작으로")
    prize = f" {kept(printed(citation.prize))}" if printed(citation.prize) else ""
    return f"{subject} {contest}{prize} {honoured} 선정하고 이 상장을 수여합니다."


ENGLISH = Wording(
    tag="en",
    order=(
        "association",
        "title",
        "honour",
        "occasion",
        "given",
        "nominee",
        "nominee_latin",
        "organisation",
        "merit",
        "project",
        "when",
    ),
    title="Certificate",
    specimen="SPECIMEN",
    honour={
        CertificateKind.WINNER: "Winner",
        CertificateKind.FINALIST: "Finalist",
        CertificateKind.JUDGE: "Judge",
    },
    given="is awarded to",
    given_without_prize="This certificate is awarded to",
    merit=lambda citation: "for" if citation.person else "for the project",
    sentence=lambda citation: "",
    number="No. {}",
    code="Code",
    verify="Verify at",
    day=english_day,
)

KOREAN = Wording(
    tag="ko",
    order=(
        "title",
        "honour",
        "nominee",
        "nominee_latin",
        "organisation",
        "project",
        "sentence",
        "when",
        "association",
    ),
    title="상장",
    specimen="견본",
    honour={
        CertificateKind.WINNER: "수상",
        CertificateKind.FINALIST: "1차 평가 통과",
        CertificateKind.JUDGE: "심사 위원",
    },
    given="",
    given_without_prize="",
    merit=lambda citation: "",
    sentence=korean_sentence,
    number="제 {} 호",
    code="확인 번호",
    verify="진위 확인",
    day=korean_day,
)

CATALOGUE: Mapping[str, Wording] = {wording.tag: wording for wording in (ENGLISH, KOREAN)}
