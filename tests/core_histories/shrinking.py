"""A failing history is made smaller as long as it still fails in the same way."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tests.core_histories.history import History, Publish, Step, Told, Written

Fails = Callable[[History], bool]


def shrunk(history: History, fails: Fails) -> History:
    """The smallest that is found by leaving out one thing after the other."""
    while smaller := next((one for one in _smaller(history) if fails(one)), None):
        history = smaller
    return history


def _smaller(history: History) -> Iterator[History]:
    steps = history.steps
    for size in (8, 4, 2, 1):
        if size <= len(steps):
            for at in range(0, len(steps), size):
                yield history.replaced(steps=steps[:at] + steps[at + size :])
    for venue in _smaller_venues(history.venue):
        yield history.replaced(venue=venue)
    for index, step in enumerate(steps):
        for other in _smaller_steps(step):
            yield history.replaced(steps=(*steps[:index], other, *steps[index + 1 :]))


def _smaller_steps(step: Step) -> Iterator[Step]:
    if isinstance(step, Publish):
        for venue in _smaller_venues(step.venue):
            yield replace(step, venue=venue)
    if isinstance(step, Told):
        attributes = getattr(step.event, "attributes", {})
        for name in attributes:
            fewer = {key: value for key, value in attributes.items() if key != name}
            event: Any = step.event
            yield replace(step, event=_with(event, attributes=fewer))


def _with(event: Any, **changes: Any) -> Any:
    fields = {name: getattr(event, name) for name in event.__struct_fields__}
    return type(event)(**(fields | changes))


def _smaller_venues(venue: Written) -> Iterator[Written]:
    for name in ("rules", "audiences", "caps", "quiet", "budgets"):
        for at in range(len(venue[name])):
            yield venue | {name: venue[name][:at] + venue[name][at + 1 :]}
    if venue["holdout"]:
        yield venue | {"holdout": 0}
    for name in ("rules", "audiences"):
        for at, one in enumerate(venue[name]):
            for other in _smaller_parts(one):
                yield venue | {name: [*venue[name][:at], other, *venue[name][at + 1 :]]}


def _smaller_parts(one: Written) -> Iterator[Written]:
    for name in ("if", "limit", "group", "priority", "holdout", "stage"):
        if name in one and name != "if":
            yield {key: value for key, value in one.items() if key != name}
    if "if" in one:
        if "then" in one:
            yield {key: value for key, value in one.items() if key != "if"}
        if one["if"]["check"] in ("all", "any", "none"):
            yield from (one | {"if": inner} for inner in one["if"]["of"])
    for name in one.get("limit", {}):
        yield one | {"limit": {k: v for k, v in one["limit"].items() if k != name}}
    acts = one.get("then", [])
    for at, act in enumerate(acts):
        if len(acts) > 1:
            yield one | {"then": acts[:at] + acts[at + 1 :]}
        if act != {"do": "points", "points": 1} and act["do"] != "staff":
            yield one | {"then": [*acts[:at], {"do": "points", "points": 1}, *acts[at + 1 :]]}
    if "variants" in one:
        yield {k: v for k, v in one.items() if k != "variants"} | {
            "then": one["variants"][0]["then"]
        }
