"""Shows how far an import is and what came of it; links to people's pages are for them alone."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hub.broker.devices import replace_file
from hub.cli.common import screen, show_table
from hub.people.importing import Link, Progress, Report

LINKS_COLUMNS = ("name", "email", "badge", "page")


@contextmanager
def bar(title: str, total: int) -> Iterator[Progress]:
    """A bar that is moved on; on standard error, and only where somebody looks."""
    from rich.progress import Progress as Bar

    out = screen(to_error=True)
    with Bar(console=out, transient=True, disable=not out.is_terminal) as shown:
        task = shown.add_task(title, total=total)
        yield lambda done: shown.update(task, advance=done)


def show_report(report: Report) -> None:
    """Say to people what came of a file, or would come of it."""
    would = "would be " if report.dry_run else ""
    screen().print(
        f"{report.rows} rows of {report.source}: {report.new} {would}new, {report.updated} "
        f"{would}updated, {report.unchanged} known already, {report.refused_rows} refused"
    )
    if report.joins:
        rows = [(one.line, one.name, ", ".join(one.others) or one.refused,
                 "; ".join(one.left_out)) for one in report.joins]  # fmt: skip
        show_table("Merges", ("line", "who", "is one with", "ids left out"), rows)
    if report.fields:
        fields = [
            (one.to, one.mapped, one.missing, one.problems,
             "; ".join(f"{example.value_shown}: {example.reason}" for example in one.examples))
            for one in report.fields
        ]  # fmt: skip
        show_table("Fields", ("field", "mapped", "missing", "problems", "for example"), fields)
    if report.unmapped:
        show_table("Not mapped", ("field", "rows"), list(report.unmapped.items()))
    if report.refused:
        show_table("Refused", ("line", "reason"), report.refused)
    if report.held:
        screen().print(
            f"{report.held} wait in the quarantine: mend the file or the mapping, then "
            "foyer people retry"
        )


def plain_report(report: Report) -> dict[str, Any]:
    """The report for machines; links are secrets and stay out."""
    return {
        "source": report.source, "rows": report.rows, "new": report.new,
        "updated": report.updated, "unchanged": report.unchanged,
        "known": report.updated + report.unchanged, "refused": report.refused,
        "refused_rows": report.refused_rows, "held": report.held, "joins": report.joins,
        "fields": report.fields, "unmapped": report.unmapped, "dry_run": report.dry_run,
    }  # fmt: skip


def page_of(public_url: str, token: str) -> str:
    """The address of somebody's own page."""
    return f"{public_url}/a/{token}"


def write_links(path: Path, links: list[Link], public_url: str) -> None:
    """Write a CSV of name, e-mail, badge and page, for its owner's eyes (mode 0600)."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(LINKS_COLUMNS)
    for one in links:
        table.writerow((one.name, one.email, one.badge, page_of(public_url, one.token)))
    replace_file(path, text.getvalue().encode())
