"""The answer to a problem told in JSON: the pairs, what they are worth, what was given up, what is missing and why."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from judging.assignment.asking import Question
from judging.assignment.values import Cause, Proposal, Rule, Shortage

FORMAT = "laurels-assignment-1"
PIN = {
    Cause.PIN_IN_CONFLICT: "they are in conflict",
    Cause.PIN_UNREADABLE: "the judge doesn't read its language",
    Cause.PIN_FORBIDDEN: "the pair is forbidden too",
    Cause.PIN_CAPACITY: "the judge has no room",
}


def answered(question: Question, proposal: Proposal) -> dict[str, Any]:
    """The answer as JSON has it. Sums are in the file's own unit."""
    judges, nominations, proof = question.judges, question.nominations, proposal.certificate

    def amount(whole: int) -> float | int:
        exact = Decimal(whole).scaleb(-question.digits)
        return int(exact) if exact == exact.to_integral_value() else float(exact)

    worth = sum(question.problem.scores.get(pair, 0) for pair in proposal.pairs)
    best, free = (proof.before_fairness, proof.optimum) if proof else (worth, worth)
    answer: dict[str, Any] = {
        "format": FORMAT,
        "pairs": [[judges[judge], nominations[nomination]] for judge, nomination in proposal.pairs],
        "total": amount(worth),
        "optimum": amount(best),
        "loss": amount(best - worth),
        "price_of_regions": amount(free - best),
        "worst": None,
        "shortages": [_short(question, it) for it in proposal.shortages if not it.judge],
        "refused_pins": [_pin(question, it) for it in proposal.shortages if it.judge],
        "yields": [
            {
                "rule": it.rule.value,
                **(
                    {"judge": judges[it.subject]}
                    if it.rule is Rule.LOAD
                    else {"nomination": nominations[it.subject]}
                ),
                "found": it.found,
                "wanted": it.wanted,
            }
            | ({"region": it.region} if it.region else {})
            for it in proposal.yields
        ],
        "loads": proposal.loads,
        "alternates": {key: [judges[it] for it in chosen] for key, chosen in proposal.alternates.items()},
        "exact": question.exact,
        "ignored": list(question.ignored),
    }
    if proof and proof.worst:
        answer["worst"] = {
            "nomination": nominations[proof.worst.nomination],
            "sum": amount(proof.worst.found),
            "bound": amount(proof.worst.bound),
        }
    if proof:
        answer |= {
            "method": proof.method.value,
            "certificate": {
                "inputs_sha256": proof.inputs_sha256,
                "seed": proof.seed,
                "solver": proof.solver,
                "arcs": proof.arcs,
            },
        }
    return answer


def _short(question: Question, it: Shortage) -> dict[str, Any]:
    return {
        "nomination": question.nominations[it.nomination],
        "wanted": it.wanted,
        "found": it.found,
        "cause": it.cause.value,
        "numbers": asdict(it.numbers) if it.numbers else {},
        "why": why(it, question.languages.get(it.nomination, "")),
    }


def _pin(question: Question, it: Shortage) -> dict[str, Any]:
    return {
        "judge": question.judges[it.judge],
        "nomination": question.nominations[it.nomination],
        "cause": it.cause.value,
        "why": f"{it.judge} was pinned to {it.nomination}, but {PIN[it.cause]}.",
    }


def why(it: Shortage, language: str) -> str:
    """A sentence such as "3 judges read Arabic, all in conflict"."""
    numbers = it.numbers
    assert numbers is not None
    if not numbers.in_category:
        return "No judge reads its category."
    many = "judge reads" if numbers.readers == 1 else "judges read"
    known = f"{numbers.readers or 'No'} {many if numbers.readers else 'judge reads'} {language or 'it'}"
    lost = {
        "in conflict": numbers.in_conflict,
        "forbidden": numbers.forbidden,
        "without room": numbers.without_room,
    }
    parts = [
        f"all {word}" if count == numbers.readers > 1 else f"{count} {word}"
        for word, count in lost.items()
        if count
    ]
    if numbers.readers < numbers.in_category and not language:
        parts.insert(0, f"{numbers.in_category - numbers.readers} more don't know its language")
    return ", ".join([known, *parts]) + "."
