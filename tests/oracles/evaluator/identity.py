"""Who is one with whom because of the ids in a record, worked out from all ids claimed before."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from hub.core import document as doc
from hub.core import events as ev
from tests.oracles.evaluator.ledger import Ledger
from tests.oracles.evaluator.rows import Effect

JOINED_MAX: Final = 3
Ids = dict[str, set[str]]


class Joining(NamedTuple):
    """The ids that a record may claim, and who is joined: the survivor first."""

    claimed: Ids
    persons: list[str]


def joining(ledger: Ledger, event: ev.Registered) -> Joining:
    """What follows from the ids of a record that is already known."""
    kinds = sorted(ledger.venue.ids, key=lambda kind: -kind.priority)
    record = {
        kind.name: {value for value in event.ids.get(kind.name, ()) if value not in kind.blocked}
        for kind in kinds
    }
    kept = [kind for kind in kinds if record[kind.name]]
    while kept:
        persons = _matched(ledger, event.person, {kind.name: record[kind.name] for kind in kept})
        if all(_fits(ledger, kind, persons, record, kept) for kind in kinds):
            break
        kept.pop()
    else:
        persons = {ledger.who(event.person)}
    claimed = {kind.name: record[kind.name] for kind in kept}
    if len(persons) > JOINED_MAX + 1:
        return Joining({}, [])
    return Joining(claimed, sorted(persons, key=lambda person: _age(ledger, person)))


def _held(ledger: Ledger, persons: Iterable[str], kind: str) -> set[str]:
    """The ids of a kind that these people have."""
    return {
        effect.value
        for effect in ledger.effects("id")
        if effect.name == kind and effect.owner is not None and ledger.who(effect.owner) in persons
    }


def _matched(ledger: Ledger, person: str, record: Ids) -> set[str]:
    found = {ledger.who(person)}
    for effect in ledger.effects("id"):
        if effect.owner is not None and effect.value in record.get(effect.name, ()):
            found.add(ledger.who(effect.owner))
    return found


def _fits(
    ledger: Ledger, kind: doc.IdKind, persons: set[str], record: Ids, kept: list[doc.IdKind]
) -> bool:
    theirs = _held(ledger, persons, kind.name)
    if kind in kept:
        theirs |= record[kind.name]
    return len(theirs) <= kind.per_person


def _age(ledger: Ledger, person: str) -> tuple[bool, int, str]:
    registered_ms = ledger.view(person).registered_ms
    return (registered_ms is None, registered_ms or 0, person)


def claims(joined: Joining, event: ev.Registered) -> Iterable[Effect]:
    """The rows that say whose the ids are now."""
    for kind, values in joined.claimed.items():
        for value in sorted(values):
            yield Effect("id", event.person, kind, event.at_ms, value)
