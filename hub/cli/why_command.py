"""``foyer why``: the answer in one sentence, and the clauses with what they saw."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.common import (
    DATA_DEFAULT,
    ConfigOption,
    Data,
    Json,
    opened,
    refusal,
    screen,
    show_json,
    show_table,
)

if TYPE_CHECKING:
    from hub.answers import Answers
    from hub.core.explain import Explanation
    from hub.core.plan import Compiled

ANSWERS = {"fired": "yes", "suppressed": "suppressed", "shadow": "shadow", "no": "no"}


def why(
    person: Annotated[
        str | None, typer.Argument(help="Id, badge, e-mail, or a name only they have.")
    ] = None,
    rule: Annotated[str | None, typer.Argument(help="Name of the rule; without it all.")] = None,
    at: Annotated[
        str | None,
        typer.Option(help="Instant that is meant: 2026-10-08T10:42 or 10:42 at the venue, now, or "
                     "Unix milliseconds. Without it the last decision answers, or now does."),
    ] = None,
    place: Annotated[
        str | None, typer.Option(help="Ask about a place instead: --place PLACE RULE.")
    ] = None,
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Say why a rule did what it did for a person or a place, or nothing, clause by clause."""
    from hub.answers import Answers
    from hub.cli.who import parse_instant

    with opened(data, config) as (home, store):
        answers = Answers(store, home.clock())
        rules = answers.rules_at(None)
        at_ms = None
        if at is not None:
            now_ms = answers.clock.wall_ms()
            at_ms = parse_instant(at, rules.venue.event, rules.zone, now_ms)
        found = _asked(answers, person, rule, place, at_ms)
        if as_json:
            show_json(found if len(found) > 1 or (rule is None and place is None) else found[0])
        elif rule is None and place is None:
            _show_all(found)
        else:
            _show(found[0], answers, rules)


def _asked(
    answers: "Answers", person: str | None, rule: str | None, place: str | None, at_ms: int | None
) -> "Sequence[Explanation]":
    from hub.cli.who import meant

    if place is not None:
        name = rule if rule is not None else person
        if name is None or (rule is not None and person is not None):
            raise refusal("say the place and the rule: foyer why --place PLACE RULE")
        return [answers.of_place(place, name, at_ms)]
    if person is None:
        raise refusal("say about whom: foyer why PERSON RULE, or foyer why --place PLACE RULE")
    whom = meant(answers.store, person)
    if rule is None:
        return answers.why_all(whom, at_ms)
    return [answers.why(whom, rule, at_ms)]


def _show_all(found: "Sequence[Explanation]") -> None:
    rows = [(one.rule, ANSWERS[one.answer], one.sentence) for one in found]
    show_table("", ("rule", "answer", "why"), rows)


def _show(found: "Explanation", answers: "Answers", rules: "Compiled") -> None:
    from hub.core.spans import local

    out = screen()
    out.print(found.sentence)
    info = answers.store.people.get(found.person) if found.person else None
    who = info.name if info else found.person or found.place or "the venue"
    when = f"{local(found.at_ms, rules.zone):%Y-%m-%d %H:%M:%S}"
    out.print(f"{who}, rule {found.rule} (version {found.version}), {when}")
    if found.clauses:
        rows = [("yes" if one.held else "no", one.text, one.saw) for one in found.clauses]
        show_table("", ("holds", "clause", "saw"), rows)
    if found.events:
        seen = [
            (f"{local(one.at_ms, rules.zone):%m-%d %H:%M:%S}", one.place, one.what,
             "yes" if one.is_counted else "no")
            for one in found.events
        ]  # fmt: skip
        show_table("", ("when", "where", "what", "counts"), seen)
    for line in (*found.actions, *found.notes):
        out.print(f"  {line}")
