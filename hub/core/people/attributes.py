"""An attribute holds a value of its type, and two values become one by its written rule.

``sum``, ``union``, ``highest`` and ``lowest`` do not depend on the order of what is merged, as
long as nothing exceeds a bound; ``latest`` and ``first`` go by the order in the log. What is not
declared is free, and the latest counts. Instants are Unix milliseconds, sets sorted lists without
repetition, tallies the count of each key.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import tzinfo
from typing import Final

from contract.limits import INTEGER_MAX
from hub.core.document.people import AttributeInfo
from hub.core.events import Value
from hub.core.people.coercing import SET_MEMBERS_MAX, TALLY_KEYS_MAX, bounded, typed
from hub.core.people.faults import AttributeFault, shown

_BY_TYPE: Final = {"set": "union", "tally": "sum"}


def merge_rule(info: AttributeInfo | None) -> str:
    """What becomes of two values: as it is declared, or by the type; ``latest`` else."""
    if info is None:
        return "latest"
    return _BY_TYPE.get(info.type) or info.merge or "latest"


def coerce(info: AttributeInfo, value: Value, zone: tzinfo) -> Value:
    """The value as the attribute holds it; ``None``, which takes it away, is always one.

    Raises:
        AttributeFault: it cannot hold this; the text says what would be right.
    """
    if value is None:
        return None
    found = typed(info, value, zone)
    if info.one_of is not None:
        _check_one_of(info, value, found, zone)
    return found


def coerced(infos: Mapping[str, AttributeInfo], name: str, value: Value, zone: tzinfo) -> Value:
    """The value of any attribute: one that is not declared has only to be within bounds.

    Raises:
        AttributeFault: it cannot hold this.
    """
    info = infos.get(name)
    return bounded(name, value) if info is None else coerce(info, value, zone)


def _check_one_of(info: AttributeInfo, said: Value, found: Value, zone: tzinfo) -> None:
    assert info.one_of is not None
    if isinstance(found, (list, dict)):
        fits = all(one in info.one_of for one in found)
    else:
        fits = any(found == typed(info, option, zone) for option in info.one_of)
    if not fits:
        listed = ", ".join(str(option) for option in info.one_of)
        raise AttributeFault(info.name, shown(said, info), f"it is one of: {listed}")


def merge_values(info: AttributeInfo | None, older: Value, newer: Value) -> Value:
    """What becomes of two values of an attribute, both as it holds them.

    A value from a time when the attribute was declared otherwise gives way to the newer one.
    """
    if older is None or newer is None:
        return newer if older is None else older
    match merge_rule(info), older, newer:
        case "first", _, _:
            return older
        case "union", list(), list():
            return sorted({*older, *newer})[:SET_MEMBERS_MAX]
        case "sum", dict(), dict():
            return _most(Counter(older) + Counter(newer))
        case "sum", int() | float(), int() | float():
            return max(-INTEGER_MAX, min(INTEGER_MAX, older + newer))
        case ("highest" | "lowest") as rule, int() | float(), int() | float():
            return max(older, newer) if rule == "highest" else min(older, newer)
        case ("highest" | "lowest") as rule, str(), str():
            return max(older, newer) if rule == "highest" else min(older, newer)
        case _:
            return newer


def _most(counts: Counter[str]) -> dict[str, int]:
    """The keys that are counted most, ascending; ties by name."""
    kept = sorted(counts, key=lambda key: (-counts[key], key))[:TALLY_KEYS_MAX]
    return {key: counts[key] for key in sorted(kept)}


def rebased(info: AttributeInfo | None, now: Value, before: Value, after: Value) -> Value:
    """``now``, had it grown out of ``after`` instead of ``before``.

    What was added since is kept; where nothing was, it is ``after``. For rules of merging that
    cannot be taken apart, a value that has changed since stays as it is.
    """
    if now == before:
        return after
    match merge_rule(info), now, before, after:
        case "union", list(), list(), list() | None:
            return sorted((set(now) - set(before)) | set(after or ())) or None
        case "sum", dict(), dict(), dict() | None:
            counts = Counter(now)
            counts.subtract(before)
            counts.update(after or {})
            return _most(+counts) or None
        case "sum", int() | float(), int() | float(), int() | float() | None:
            return now - before + (after or 0)
        case _:
            return now


def assign(
    infos: Mapping[str, AttributeInfo], name: str, current: Value, value: Value, zone: tzinfo
) -> Value:
    """The attribute after somebody said, or a rule set, ``value``; ``None`` takes it away.

    For a tally the text counts once more, to a set it is added; else the rule of merging decides.

    Raises:
        AttributeFault: the attribute cannot hold this.
    """
    said = coerced(infos, name, value, zone)
    return None if said is None else merge_values(infos.get(name), current, said)


def favourite(tally: Value) -> str | None:
    """The key that a tally counts most of, ties by name; None without one."""
    if not isinstance(tally, dict) or not tally:
        return None
    return min(tally, key=lambda key: (-tally[key], key))
