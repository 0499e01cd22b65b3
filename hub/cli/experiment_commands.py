"""``foyer experiments``: what rules brought about, compared with those whom they left alone."""

from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.common import (
    DATA_DEFAULT,
    ConfigOption,
    Data,
    opened,
    refusal,
    screen,
    show_json,
    show_table,
)

if TYPE_CHECKING:
    from hub.experiments.values import ExperimentsReport

FORMATS = ("table", "json", "csv")


def experiments(
    rule: Annotated[str | None, typer.Argument(help="Only this rule.")] = None,
    format_: Annotated[str, typer.Option("--format", "-f", help="table, json or csv.")] = "table",
    part: Annotated[
        str, typer.Option(help="For csv: arms, comparisons or sentences.")
    ] = "arms",
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:  # fmt: skip
    """Say what holdouts and variants show: who reached the goal, and how sure that is."""
    from hub.experiments.service import Experiments
    from hub.insight.errors import InsightError

    if format_ not in FORMATS:
        raise refusal(f"there is no format {format_!r}; there is: {', '.join(FORMATS)}")
    with opened(data, config) as (home, store):
        try:
            _show(Experiments(store, home.clock()).report(rule), format_, part)
        except InsightError as error:
            raise refusal(str(error)) from error


def _show(report: "ExperimentsReport", format_: str, part: str) -> None:
    from hub.experiments.sheets import sheets_of
    from hub.insight.errors import UnknownName
    from hub.insight.export.writing import sheet_csv

    if format_ == "json":
        show_json(report)
        return
    sheets = sheets_of(report)
    if part not in sheets:
        raise UnknownName(f"there is no part {part!r}; there is: {', '.join(sheets)}")
    if format_ == "csv":
        typer.echo(sheet_csv(sheets[part]).decode(), nl=False)
        return
    _show_rules(report)


def _show_rules(report: "ExperimentsReport") -> None:
    from hub.experiments.sheets import WHOLE

    out = screen()
    columns = ("arm", "people", "reached", "rate %", "between %", "got nothing", "still waiting")
    for one in (*report.rules, *report.whole_event):
        out.print(f"{one.rule or WHOLE}: {one.goal}" if one.goal else one.rule)
        for sentence in one.sentences:
            out.print(f"  {sentence}")
        if one.arms:
            rows = [
                (arm.title, arm.people, arm.reached, round(arm.rate * 100),
                 f"{arm.low * 100:.0f} to {arm.high * 100:.0f}", arm.refused, arm.waiting)
                for arm in one.arms
            ]  # fmt: skip
            show_table("", columns, rows)
    for note in report.notes:
        out.print(note)
