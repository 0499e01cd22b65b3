"""Random histories: what is folded is what the core knew, and every answer has its reason."""

from functools import lru_cache
from typing import Any

import pytest
from msgspec.structs import asdict

from hub.core.errors import CoreError
from hub.core.explain import NOTHING, explain, explain_venue, stored
from hub.core.state import Person
from tests.core_explaining.told import LoggedRun
from tests.core_histories.history import Publish, Told, read
from tests.core_histories.people import history

SEEDS = range(150)
LEFT_ASIDE = ("ids", "audiences", "joined", "looked_ms")
"""Ids are claimed in the core; audiences are worked out from their conditions."""


@lru_cache(maxsize=8)
def run(seed: int) -> LoggedRun | None:
    """The run of a seed; None when its document is none."""
    told = history(seed)
    try:
        core = LoggedRun(read(told.venue), told.begins_ms)
        for step in told.steps:
            match step:
                case Told():
                    core.know(step)
                case Publish():
                    core.put_in_force(step)
                case _:
                    core.restart()
    except CoreError:
        return None
    core.run_to(told.ends_ms)
    return core


def known(person: Person) -> dict[str, Any]:
    """What is compared."""
    return {name: value for name, value in asdict(person).items() if name not in LEFT_ASIDE}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_folded_is_what_the_core_knew(seed: int) -> None:
    core = run(seed)
    if core is None:
        return
    for raw, person in core.state.people.items():
        if raw not in core.state.aliases:
            now = core.folded(raw, core.clock_ms).person
            assert known(now) == known(person)
            if person != Person(raw):
                assert sorted(now.audiences) == sorted(person.audiences)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_decided_is_told_with_clauses_that_all_held(seed: int) -> None:
    core = run(seed)
    if core is None:
        return
    for decision in core.decisions:
        folded = None
        if decision.person is not None:
            folded = core.folded(decision.person, decision.at_ms, decision.pos)
        told = stored(core.versions[decision.version], decision, folded)
        assert (told.answer, told.reason) == (decision.outcome, decision.reason)
        assert [one.text for one in told.clauses if not one.held] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_not_decided_is_a_no_with_a_reason(seed: int) -> None:
    core = run(seed)
    if core is None:
        return
    instants = sorted({row.event.at_ms + delay for row in core.rows for delay in (0, 1, 3_000)})
    for name, compiled in core.rules.rules.items():
        for at_ms in instants[::3]:
            if compiled.about == "venue":
                answers = [explain_venue(core.rules, name, at_ms, core.around())]
            else:
                people = core.state.people.keys()
                answers = [
                    explain(core.rules, name, core.folded(who, at_ms), at_ms, core.around())
                    for who in people
                ]
            for answer in answers:
                assert answer.answer == "no"
                failed = [one for one in answer.clauses if not one.held]
                assert failed or answer.reason.startswith(NOTHING)
                assert answer.sentence.startswith("No: ")
                assert len(answer.sentence) > len("No: ")
