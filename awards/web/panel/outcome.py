"""A proposal in words: how good the match is and what it cost, what yielded, what stays short, and why a pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from awards import fitness, linking, pair_rules
from awards.fitness import Fitness, Key, Tongue
from awards.linking import Gulf, Unlinked
from awards.models import AssignmentRun, Nomination, PairRule, Wish
from awards.web import texts, words
from awards.web.panel.board import NO_TEXT, Board
from awards.web.panel.lines import Reads
from awards.web.panel.pairs import CAUSES
from awards.web.secretariat.frame import face_of, name_of
from awards.web.secretariat.wording import REGIONS
from awards.web.words import lazy as _l
from judging.assignment import Cause, Rule

MOST_NAMED = 20
KNOWS: Mapping[int | None, object] = {
    0: _l("states no knowledge of its category"),
    1: _l("knows something of its category"),
    2: _l("expert in its category"),
    None: _l("expertise not stated"),
}
READS: Mapping[Tongue, object] = {
    Tongue.FLUENT: _l("reads its language with ease"),
    Tongue.WORKING: _l("reads its language with some effort"),
    Tongue.TRANSLATED: _l("reads its translation"),
    Tongue.UNSTATED: _l("languages not stated"),
    Tongue.FOREIGN: _l("does not read its language"),
}
WISHED: Mapping[Wish, object] = {
    Wish.GLADLY: _l("would gladly read it"),
    Wish.RATHER_NOT: _l("would rather not read it"),
}


@dataclass(frozen=True, slots=True)
class News:
    """A nomination that gets new judges: those who have it, those who are new with why, and who would take over."""

    nomination: Nomination
    title: str
    already: int
    new: tuple[tuple[Reads, str], ...]
    alternates: str


@dataclass(frozen=True)
class Outcome:
    """The proposal that waits, and the rules of pairs, beside the board."""

    board: Board

    @property
    def run(self) -> AssignmentRun | None:
        return self.board.run

    @property
    def certificate(self) -> Mapping[str, Any]:
        return self.run.document.get("certificate", {}) if self.run else {}

    @cached_property
    def fit(self) -> Fitness:
        return Fitness.of(self.board.session, self.board.edition, self.board.pairs.judges)

    @cached_property
    def ruled(self) -> Sequence[PairRule]:
        """The pairs that are pinned or forbidden."""
        return pair_rules.standing(self.board.session, self.board.edition, self.board.round)

    @cached_property
    def is_stale(self) -> bool:
        """Whether pairs were pinned or forbidden since the proposal was drawn."""
        return self.run is not None and pair_rules.changed_since(
            self.board.session, self.board.edition, self.run
        )

    @property
    def again(self) -> dict[str, str]:
        """What the form of the draw is sent to draw once more with the same choices."""
        if self.run is None:
            return {}
        asked = self.run.document.get("asked", {})
        said = {
            "per_nomination": self.run.document["per_nomination"],
            "per_region": asked.get("per_region"),
            "need_expert": {True: "yes", False: "no"}.get(asked.get("need_expert")),
            "seed": self.run.document["seed"],
        }
        return {name: "" if value is None else str(value) for name, value in said.items()}

    @property
    def sums(self) -> list[tuple[str, str]]:
        """The three sums of the certificate."""
        named = {
            "optimum": _("Best match, were regions of no matter"),
            "before_fairness": _("Best match by all rules"),
            "total": _("This proposal"),
        }
        return [(says, format_decimal(self.certificate[key])) for key, says in named.items()]

    @cached_property
    def match(self) -> list[str]:
        """How good the match is and what it cost; nothing where everybody reads everything."""
        found = self.certificate
        if not found or not found["optimum"]:
            return []
        said = [
            _(
                "The match of judges and nominations, by expertise, language and wishes, is %(share)s %% of "
                "the best one that there could be.",
                share=percent(found["total"], found["optimum"]),
            )
        ]
        if found["price_of_regions"] > 0:
            share = percent(found["price_of_regions"], found["optimum"])
            said.append(_("That panels are mixed by region costs %(share)s %% of it.", share=share))
        if found["price_of_fairness"] > 0:
            share = percent(found["price_of_fairness"], found["optimum"])
            said.append(
                _("That the nomination served worst is helped costs %(share)s %% of it.", share=share)
            )
        changed = bool(self.run and (self.run.document.get("by_hand") or self.is_shorter))
        by_hand = [_("The proposal was changed by hand since; these figures are those of the draw.")]
        return [*said, *self._worst(), *(by_hand if changed else ())]

    @property
    def is_shorter(self) -> bool:
        """Whether pairs were taken out since the proposal was drawn."""
        return self.run is not None and len(self.run.pairs) != self.run.document["new"]

    def _worst(self) -> Iterator[str]:
        worst = self.certificate.get("worst")
        if not worst:
            return
        if worst["found"] >= worst["bound"]:
            yield _("The nomination that is served worst has the best panel that is possible for it.")
            return
        yield _(
            "The nomination that is served worst, %(reference)s, has a panel %(share)s %% as good "
            "as the best one possible for it.",
            reference=worst["nomination"],
            share=percent(worst["found"], worst["bound"]),
        )

    @property
    def sound(self) -> list[str]:
        """What holds of every proposal that was drawn."""
        loads = [it.then for it in self.board.judges]
        said = [_("No pair that is proposed has a conflict.")]
        if loads and min(loads) == max(loads):
            said.append(
                ngettext(
                    "Every judge then has %(num)s nomination.",
                    "Every judge then has %(num)s nominations.",
                    max(loads),
                )
            )
        elif loads:
            said.append(
                _(
                    "Every judge then has %(least)s to %(most)s nominations.",
                    least=min(loads),
                    most=max(loads),
                )
            )
        return said

    @cached_property
    def yielded(self) -> list[str]:
        """Where a rule that may yield did, the least important first."""
        found = self.run.document.get("yields", []) if self.run else []
        return _first([self._yield(it) for it in found])

    def _yield(self, it: Mapping[str, Any]) -> str:
        if it["rule"] == Rule.REGION.value:
            return ngettext(
                "%(reference)s: %(found)s judges of one region (%(region)s), where at most %(num)s is wanted.",
                "%(reference)s: %(found)s judges of one region (%(region)s), where at most %(num)s are wanted.",
                it["wanted"],
                reference=it["subject"],
                found=it["found"],
                region=region(it["region"]),
            )
        if it["rule"] == Rule.EXPERT.value:
            return _("%(reference)s: no expert in its category.", reference=it["subject"])
        name = self._names.get(it["subject"], "")
        if it["found"] < it["wanted"]:
            return _(
                "%(name)s: %(found)s nominations, where at least %(wanted)s are wanted.",
                name=name,
                found=it["found"],
                wanted=it["wanted"],
            )
        return _(
            "%(name)s: %(found)s nominations, where at most %(wanted)s are wanted.",
            name=name,
            found=it["found"],
            wanted=it["wanted"],
        )

    @cached_property
    def lacking(self) -> list[str]:
        """Every nomination that stays short, with its cause in numbers; pins that can't be kept."""
        return _first([self._short(it) for it in (self.run.shortages if self.run else ())])

    def _short(self, it: Mapping[str, Any]) -> str:
        if it.get("judge"):
            return _(
                "%(reference)s: %(name)s is pinned to it, but %(why)s.",
                reference=it["nomination"],
                name=self._names.get(it["judge"], ""),
                why=CAUSES[Cause(it["cause"])],
            )
        why = self._numbers(it) or str(CAUSES[Cause(it["cause"])])
        return _(
            "%(reference)s finds %(found)s of %(wanted)s judges: %(why)s.",
            reference=it["nomination"],
            found=it["found"],
            wanted=it["wanted"],
            why=why,
        )

    def _numbers(self, it: Mapping[str, Any]) -> str:
        """The cause in numbers; nothing where a run was drawn before they were kept."""
        found = it.get("numbers")
        if not found or not found["in_category"]:
            return ""
        language = self._languages.get(it["nomination"], "")
        if language and found["readers"] < found["in_category"]:
            said = _readers(found["readers"], words.language_name(language))
        else:
            said = ngettext(
                "%(num)s judge reads its category",
                "%(num)s judges read its category",
                found["in_category"],
            )
        return texts.listed([said, *_of_them(found)])

    @cached_property
    def unlinked(self) -> list[str]:
        """Categories whose marks could not well be compared, in words with what to do."""
        board = self.board
        made = (*board.issued, *board.proposed)
        if not made:
            return []
        regions = fitness.regions(board.session, board.pairs.judges)
        names = face_of(board.edition).names
        return [
            self._unlinked(it, str(names.name("categories", it.category)))
            for it in linking.unlinked(board.pairs, made, regions)
        ]

    def _unlinked(self, it: Unlinked, category: str) -> str:
        if it.gulf is Gulf.APART:
            return _(
                "%(category)s: judges of different regions hardly read the same nominations (%(share)s %% of the "
                "sheets). Whether one region is stricter can then hardly be told. Draw with fewer judges of one "
                "region in a panel, or add some pairs across regions.",
                category=category,
                share=it.crossing,
            )
        apart = texts.listed(
            name_of(self.board.pairs.judges[row].account)
            for row in [row for group in it.groups[1:] for row in group][:MOST_NAMED]
        )
        return _(
            "%(category)s: its judges fall into %(groups)s groups that share no nomination, so nobody can tell whether "
            "one group is stricter. Give a nomination of the others to one of these: %(names)s.",
            category=category,
            groups=len(it.groups),
            names=apart,
        )

    @cached_property
    def changed(self) -> dict[int, list[Key]]:
        """The nominations that get new judges, by row, with all who then read them."""
        found: dict[int, list[Key]] = {row: [] for row in self.board.pairs.nominations}
        gets = {row for _judge, row in self.board.proposed}
        for pair in (*self.board.issued, *self.board.proposed):
            if pair[1] in gets:
                found[pair[1]].append(pair)
        return {row: its for row, its in found.items() if its}

    def news(self, part: slice) -> list[News]:
        """What the proposal changes, by nomination."""
        return [self._news(row, its) for row, its in list(self.changed.items())[part]]

    def _news(self, row: int, its: Sequence[Key]) -> News:
        board, it = self.board, self.board.pairs.nominations[row]
        named = self.run.document.get("alternates", {}).get(it.reference, ()) if self.run else ()
        return News(
            it,
            board.pairs.texts.get(row, NO_TEXT).title,
            sum(pair not in board.cautions for pair in its),
            tuple((board.reads(pair), self.why(pair)) for pair in its if pair in board.cautions),
            texts.listed(self._names[who] for who in named if who in self._names),
        )

    def why(self, pair: Key) -> str:
        """Why a judge fits; nothing where nothing was weighed."""
        if not self.certificate:
            return ""
        judge, nomination = self.board.pairs.judges[pair[0]], self.board.pairs.nominations[pair[1]]
        rule = self.board.pairs.rules.get(pair)
        said = [
            KNOWS[fitness.expertise(judge, nomination.category)],
            READS[self.board.pairs.tongue(pair)],
            WISHED.get(self.fit.wishes.get(pair, Wish.NEUTRAL)),
            _("pinned") if rule is not None else None,
        ]
        return " · ".join(str(it) for it in said if it)

    @cached_property
    def unstated(self) -> int:
        """How many judges have stated no expertise."""
        return sum(not it.expertise for it in self.board.pairs.judges.values())

    @cached_property
    def _names(self) -> dict[str, str]:
        return {it.judge.public_id: it.name for it in self.board.judges}

    @cached_property
    def _languages(self) -> dict[str, str]:
        found = self.board.pairs.texts
        return {
            it.reference: found.get(row, NO_TEXT).language for row, it in self.board.pairs.nominations.items()
        }


def percent(part: int, whole: int) -> str:
    """A share with one decimal; never 100.0 where something is missing, nor 0.0 where something is there."""
    tenths = round(Fraction(part * 1000, whole))
    tenths = min(tenths, 999) if part < whole else tenths
    tenths = max(tenths, 1) if part > 0 else tenths
    return f"{tenths // 10}.{tenths % 10}"


def region(key: str) -> str:
    return str(REGIONS.get(key, key))


def _readers(number: int, language: str) -> str:
    if not number:
        return _("no judge of its category reads %(language)s", language=language)
    return ngettext(
        "%(num)s judge of its category reads %(language)s",
        "%(num)s judges of its category read %(language)s",
        number,
        language=language,
    )


def _of_them(found: Mapping[str, int]) -> Iterator[str]:
    """What keeps these judges out."""
    if found["in_conflict"] and found["in_conflict"] == found["readers"]:
        yield _("all in conflict, or no longer reading it")
        return
    if found["in_conflict"]:
        yield _("%(num)s in conflict, or no longer reading it", num=found["in_conflict"])
    if found["forbidden"]:
        yield _("%(num)s kept from it by organisers", num=found["forbidden"])
    if found["without_room"]:
        yield _("%(num)s without room", num=found["without_room"])


def _first(said: Sequence[str]) -> list[str]:
    if len(said) <= MOST_NAMED:
        return list(said)
    more = len(said) - MOST_NAMED
    return [*said[:MOST_NAMED], ngettext("And %(num)s more.", "And %(num)s more.", more)]
