"""Both sides' results as text, and the lines in which they differ."""

import traceback
from collections import Counter
from typing import Any

from hub.core.compiled import compile_venue
from hub.core.errors import CoreError
from hub.core.state import Person
from tests.core_histories import core_run, reference_run
from tests.core_histories.core_run import CoreRun
from tests.core_histories.history import History, Publish, read
from tests.oracles.evaluator import Evaluator
from tests.oracles.evaluator.view import View

Lines = list[str]
Words = dict[str, str]


class RefusedError(Exception):
    """The document of a history is none that the engine takes."""


def _words(**values: Any) -> Words:
    return {name: repr(value) for name, value in values.items() if value}


def _lists(values: dict[str, Any]) -> list[tuple[str, list[Any]]]:
    return sorted((key, list(value)) for key, value in values.items() if value)


def _values(attributes: dict[str, Any]) -> list[tuple[str, Any]]:
    """Attributes without the order of what is in them."""
    return [
        (name, sorted(value.items()) if isinstance(value, dict) else value)
        for name, value in sorted(attributes.items())
    ]


def of_core(person: Person) -> Words:
    """A person as the engine keeps them."""
    return _words(
        attributes=_values(person.attributes),
        consents=sorted(person.consents),
        tags=sorted(person.tags),
        points=person.points,
        draws=sorted(person.draws),
        honours=sorted(person.honours),
        status=person.status,
        taps=_lists(person.taps),
        visits=_lists(person.visits),
        stays=[(k, sorted((s.from_ms, s.until_ms) for s in v)) for k, v in _lists(person.stays)],
        place=person.place and (person.place, person.since_ms),
        fired=sorted((name, fired.count) for name, fired in person.fired.items() if fired.count),
        audiences=sorted(person.audiences),
    )


def of_reference(view: View, evaluator: Evaluator) -> Words:
    """A person as all rows tell of them."""
    given = view.given
    fired = Counter({name: len(times) for name, times in given.fired.items()})
    return _words(
        attributes=_values(view.attributes),
        consents=sorted(view.consents),
        tags=sorted(given.tags),
        points=view.points,
        draws=sorted(given.draws),
        honours=sorted(given.honours),
        status=given.status,
        taps=_lists(view.taps),
        visits=_lists(view.visits),
        stays=_lists(view.stays),
        place=view.place and (view.place, view.since_ms),
        fired=sorted(fired.items()),
        audiences=sorted(a for a, who in evaluator.deciding.members if who == view.id),
    )


def decisions_of_core(core: CoreRun, begins_ms: int) -> list[str]:
    """Every decision as a line."""
    return [
        _line(one.rule, one.person, one.at_ms - begins_ms, one.outcome, one.because)
        for one in core.decisions
    ]


def decisions_of_reference(evaluator: Evaluator, begins_ms: int) -> list[str]:
    """Every verdict as a line."""
    return [
        _line(one.rule, one.person, one.at_ms - begins_ms, one.outcome, one.because)
        for one in evaluator.deciding.verdicts
    ]


def _line(rule: str, person: str | None, at_ms: int, outcome: str, because: str) -> str:
    return f"{rule} {person} {at_ms / 1_000:.3f} {outcome} {because}".strip()


def _apart(title: str, ours: list[str], theirs: list[str]) -> Lines:
    """Lines of one side only; what was held back twice is held back."""
    ours_counted, theirs_counted = _counted(ours), _counted(theirs)
    return [
        *(f"{title}: only the evaluator: {one}" for one in (ours_counted - theirs_counted)),
        *(f"{title}: only the core: {one}" for one in (theirs_counted - ours_counted)),
    ]


def _counted(lines: list[str]) -> Counter[str]:
    often = Counter(lines)
    return Counter({line: 1 if " suppressed" in line else often[line] for line in often})


def compare(evaluator: Evaluator, core: CoreRun, begins_ms: int) -> Lines:
    """Where the two differ."""
    found = _apart(
        "decision",
        decisions_of_reference(evaluator, begins_ms),
        decisions_of_core(core, begins_ms),
    )
    for person in evaluator.ledger.persons():
        ours = of_reference(evaluator.ledger.view(person), evaluator)
        theirs = of_core(core.state.people.get(person, Person(person)))
        found += [
            f"{person} {name}: evaluator {ours.get(name)}, core {theirs.get(name)}"
            for name in sorted(ours.keys() | theirs.keys())
            if ours.get(name) != theirs.get(name)
        ]
    for pool in evaluator.ledger.venue.pools:
        ours_left, theirs_left = evaluator.ledger.left_in(pool.id), core.state.pools[pool.id].left
        if ours_left != theirs_left:
            found.append(f"pool {pool.id}: evaluator {ours_left}, core {theirs_left}")
    return found


def differences(history: History) -> Lines:
    """Where engine and evaluator differ on a history; what breaks is a difference as well."""
    try:
        read_all(history)
    except CoreError as error:
        raise RefusedError(str(error)) from error
    try:
        core = core_run.run(history)
    except Exception as error:  # noqa: BLE001 - whatever it is, the history is to be printed
        where = traceback.extract_tb(error.__traceback__)[-1]
        return [f"core breaks: {type(error).__name__}: {error} ({where.filename}:{where.lineno})"]
    evaluator = reference_run.run(history, core.hint)
    return compare(evaluator, core, history.begins_ms)


def read_all(history: History) -> None:
    """Have the engine check every document of a history."""
    compile_venue(read(history.venue), 1)
    for step in history.steps:
        if isinstance(step, Publish):
            compile_venue(read(step.venue), 2)
