"""Conditions hold or do not, and say what they saw; what is unknown never holds."""

from hub.core import document as doc
from hub.core.events import Value
from hub.core.outcome import Clause
from hub.core.state import Person


def check(condition: doc.Condition | None, person: Person) -> tuple[bool, list[Clause]]:
    """Evaluate a condition tree: whether it holds, with one clause for each leaf."""
    match condition:
        case None:
            return True, []
        case doc.All(of=of):
            return _many(of, person, "all")
        case doc.AnyOf(of=of):
            return _many(of, person, "any")
        case doc.NoneOf(of=of):
            return _many(of, person, "none")
        case _:
            clause = _leaf(condition, person)
            return clause.held, [clause]


def _many(of: list[doc.Condition], person: Person, how: str) -> tuple[bool, list[Clause]]:
    results = [check(one, person) for one in of]
    clauses = [clause for _, found in results for clause in found]
    held = [result for result, _ in results]
    if how == "all":
        return all(held), clauses
    if how == "any":
        return any(held), [Clause(f"any of: {c.text}", c.held, c.saw) for c in clauses]
    return not any(held), [Clause(f"not: {c.text}", not c.held, c.saw) for c in clauses]


def _leaf(condition: doc.Condition, person: Person) -> Clause:
    match condition:
        case doc.HasTag(tag=tag):
            held = tag in person.tags
            return Clause(f"has the tag {tag}", held, ", ".join(sorted(person.tags)) or "no tags")
        case doc.HasConsent(purpose=purpose):
            saw = ", ".join(sorted(person.consents)) or "no consents"
            return Clause(f"consents to {purpose}", purpose in person.consents, saw)
        case doc.IsAt(place=place):
            return Clause(f"is at {place}", person.place == place, person.place or "nowhere")
        case doc.Attribute():
            return _attribute(condition, person.attributes.get(condition.name))
        case _:
            raise AssertionError(condition)


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
