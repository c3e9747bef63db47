"""Certificates written and drawn for the longest names there are, in every language of the edition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from awards import certificates, editions, honours, issued, naming, nominations, proofs
from awards.documents import CertificateKind, Citation, tight, unprintable
from awards.honours import Honour
from awards.models import Nomination, NominationState
from awards.rehearsing.findings import Finding, Kind, Severity
from awards.rehearsing.stage import Stage

LONGEST = 25
"""So many of the longest names of each sort are tried."""
URL = "https://rehearsal.example"


def look(stage: Stage) -> Iterator[Finding]:
    """What doesn't fit, and what no font draws."""
    session, edition = stage.session, stage.edition
    tight_ones: dict[tuple[str, str], list[str]] = {}
    unprinted: dict[str, list[str]] = {}
    for nomination in _longest(nominations.of_edition(session, edition, NominationState.ELIGIBLE)):
        for citation in _citations(stage, nomination):
            if signs := unprintable(citation):
                unprinted.setdefault(" ".join(signs), []).append(nomination.reference)
                continue
            for it in tight(citation):
                tight_ones.setdefault((citation.language, it.part), []).append(nomination.reference)
    for drawn_by_none, references in unprinted.items():
        values = {"signs": drawn_by_none, "nominations": [*dict.fromkeys(references)]}
        yield Finding(Kind.UNPRINTABLE, Severity.STOPS, values)
    for (language, part), references in tight_ones.items():
        named = [*dict.fromkeys(references)]
        yield Finding(Kind.TIGHT, Severity.LOOK, {"language": language, "part": part, "nominations": named})


def approve(stage: Stage) -> None:
    """Every proof is approved, as if those whose it is had looked at it."""
    found = list(honours.of_edition(stage.session, stage.edition))
    with suppress(proofs.NothingToNote):
        proofs.note(stage.session, stage.edition, found, how="A rehearsal.", actor=stage.actor, now=stage.now)


def draw(stage: Stage) -> int:
    """Draw what was issued: one of each language and kind, the longest. How many were issued."""
    found = certificates.of_edition(stage.session, stage.edition)
    longest = {
        (it.language, it.kind): it
        for it in sorted(found, key=lambda it: len(it.citation["project"]) + len(it.citation["nominee"]))
    }
    for it in longest.values():
        issued.page(stage.theatre.files, it)
    return len(found)


def _citations(stage: Stage, nomination: Nomination) -> Iterator[Citation]:
    """As a winner of the prize with the longest name, in each language."""
    session, edition = stage.session, stage.edition
    texts, rules = editions.texts_of(session, edition), editions.rules_of(session, edition)
    names = naming.shown(nomination)
    for language in honours.languages(session, edition):
        prizes = [it.key for it in rules.prizes if it.by_decision or rules.is_the_publics(it.key)] + [
            it.key for it in rules.prizes_of(nomination.category)
        ]
        prize = max(
            prizes, key=lambda key: len(str(texts["prizes"][key]["name"].get(language, ""))), default=""
        )
        kind = CertificateKind.WINNER if prize else CertificateKind.FINALIST
        honour = Honour(nomination, kind, prize, names, stage.now.date())
        yield honours.write_citation(session, edition, honour, language, number="0001", url=URL)


def _longest(found: Sequence[Nomination]) -> list[Nomination]:
    """Those with the longest project, organisation or city."""
    chosen: dict[int, Nomination] = {}
    shown = {it.id: naming.shown(it) for it in found}
    for name in ("title", "organisation", "city"):
        ranked = sorted(found, key=lambda it: -len(str(shown[it.id][name])))
        chosen |= {it.id: it for it in ranked[:LONGEST]}
    return list(chosen.values())
