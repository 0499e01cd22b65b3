"""Conditions hold or do not, and say what they saw; what is unknown never holds."""

from hub.core import document as doc
from hub.core.events import Value
from hub.core.outcome import Clause
from hub.core.state import Person


def check(condition: doc.Condition | None, person: Person) -> tuple[bool, list[Clause]]:
    """Evaluate a condition tree: whether it holds, with the clauses that must all hold."""
    match condition:
        case None:
            return True, []
        case doc.All(of=of):
            clauses = [clause for one in of for clause in check(one, person)[1]]
        case doc.NoneOf(of=of):
            clauses = [_not(_clause(one, person)) for one in of]
        case _:
            clauses = [_clause(condition, person)]
    return all(clause.held for clause in clauses), clauses


def _clause(condition: doc.Condition, person: Person) -> Clause:
    """A condition tree as one clause, with all that it saw."""
    match condition:
        case doc.AnyOf(of=of):
            parts = [_clause(one, person) for one in of]
            return _joined(parts, " or ", held=any(part.held for part in parts))
        case doc.All() | doc.NoneOf():
            held, parts = check(condition, person)
            return _joined(parts, " and ", held=held)
        case _:
            return _leaf(condition, person)


def _not(clause: Clause) -> Clause:
    return Clause(f"not: {clause.text}", not clause.held, clause.saw)


def _joined(parts: list[Clause], word: str, *, held: bool) -> Clause:
    text = word.join(part.text for part in parts)
    saw = "; ".join(dict.fromkeys(part.saw for part in parts))
    return Clause(f"({text})", held, saw)


def _leaf(
    condition: doc.HasTag | doc.HasConsent | doc.IsAt | doc.Attribute, person: Person
) -> Clause:
    match condition:
        case doc.HasTag(tag=tag):
            held = tag in person.tags
            return Clause(f"has the tag {tag}", held, ", ".join(sorted(person.tags)) or "no tags")
        case doc.HasConsent(purpose=purpose):
            saw = ", ".join(sorted(person.consents)) or "no consents"
            return Clause(f"consents to {purpose}", purpose in person.consents, saw)
        case doc.IsAt(place=place):
            return Clause(f"is at {place}", person.place == place, person.place or "nowhere")
        case _:
            return _attribute(condition, person.attributes.get(condition.name))


def _attribute(test: doc.Attribute, value: Value) -> Clause:
    texts = _tests(test)
    if value is None:
        return Clause(f"{test.name} {texts}", held=False, saw="unknown")
    held = (
        (test.equals is None or value == test.equals)
        and (test.one_of is None or value in test.one_of)
        and (test.contains is None or _contains(value, test.contains))
        and (test.at_least is None or _number(value) >= test.at_least)
        and (test.at_most is None or _number(value, missing=float("inf")) <= test.at_most)
    )
    return Clause(f"{test.name} {texts}", held, str(value))


def _tests(test: doc.Attribute) -> str:
    said = [
        text
        for text, given in (
            (f"is {test.equals}", test.equals is not None),
            (f"is one of {test.one_of}", test.one_of is not None),
            (f"contains {test.contains}", test.contains is not None),
            (f"is at least {test.at_least}", test.at_least is not None),
            (f"is at most {test.at_most}", test.at_most is not None),
        )
        if given
    ]
    return " and ".join(said) or "is known"


def _contains(value: Value, part: str) -> bool:
    return part in value if isinstance(value, str | list) else False


def _number(value: Value, missing: float = float("-inf")) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else missing  # type: ignore[arg-type]
