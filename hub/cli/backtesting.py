"""From what is asked on the command line to what can be shown."""

import re
from datetime import tzinfo
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
import yaml
from msgspec import Struct

from hub.backtest import comparing, documents, running
from hub.backtest.errors import DocumentFault
from hub.backtest.picture import picture
from hub.backtest.sources import Setting
from hub.backtest.summing_up import summary
from hub.backtest.tables import Sheet, sheets
from hub.core.errors import RulesFault
from hub.core.explaining.instants import MINUTE_END_MS, SECOND_END_MS, asked_ms
from hub.core.spans import duration_ms

_BACK: Final = re.compile(r"\d{1,6}(s|min|h|d)")


class Asked(Struct, frozen=True):
    """What is asked."""

    rules: Path
    since: str | None
    until: str | None
    as_live: bool
    picture: Path | None


class Judged(Struct, frozen=True):
    """What it came to; ``losers`` are the people who would lose something."""

    report: comparing.Report
    summary: str
    svg: str
    losers: int
    zone: tzinfo

    def plain(self, names: dict[str, str]) -> dict[str, Any]:
        """The report with people's names, for machines."""
        said: dict[str, Any] = msgspec.to_builtins(self.report)
        for change in [*said["gains"], *said["losses"]]:
            change["name"] = names.get(change["person"], "")
        return said

    def sheets(self, names: dict[str, str]) -> list[Sheet]:
        """The report as tables."""
        return sheets(self.report, names, self.zone)


def judge(setting: Setting, asked: Asked, each: running.Each) -> Judged:
    """Fold both documents and compare them.

    Raises:
        BacktestError: what is asked cannot be meant.
        OSError: a file cannot be read, or written.
    """
    live = setting.live
    since_ms, until_ms = span(setting, asked.since, asked.until)
    proposed = documents.proposed(live, read(asked.rules), str(asked.rules))
    proposed = documents.as_live(proposed) if asked.as_live else proposed
    before = running.Task(setting, live, setting.version, since_ms, until_ms)
    after = running.Task(setting, proposed, setting.version + 1, since_ms, until_ms)
    told = running.fold_both(before, after, each)
    what = comparing.Asked(live.event.id, setting.version, since_ms, until_ms)
    report = comparing.compare(what, *told)
    zone = ZoneInfo(live.event.zone)
    svg = picture(*told, f"{live.event.name}: firings with {asked.rules.name}", zone)
    if asked.picture is not None:
        asked.picture.write_text(svg, encoding="utf-8")
    losers = len({change.person for change in report.losses})
    return Judged(report, summary(report, zone), svg, losers, zone)


def read(file: Path) -> Any:
    """What a YAML or JSON file says.

    Raises:
        DocumentFault: it cannot be read.
    """
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DocumentFault(f"{file}: {error}") from error


def span(setting: Setting, since: str | None, until: str | None) -> tuple[int, int]:
    """The first and the last instant that count, Unix ms; without them all that there is.

    Raises:
        DocumentFault: they cannot be read, or the one is not before the other.
    """
    since_ms = 0 if since is None else _begin_ms(since, _instant_ms(setting, "--since", since))
    until_ms = setting.ends_ms if until is None else _instant_ms(setting, "--until", until)
    if since_ms > until_ms:
        raise DocumentFault(f"--since {since} lies after --until {until or 'now'}")
    return since_ms, until_ms


def _instant_ms(setting: Setting, option: str, text: str) -> int:
    if _BACK.fullmatch(text):
        return setting.ends_ms - duration_ms(text)
    event = setting.live.event
    try:
        return asked_ms(text, event, ZoneInfo(event.zone), setting.ends_ms)
    except RulesFault as error:
        raise DocumentFault(f"{option} {error}; or 2h, for so long back") from error


def _begin_ms(text: str, end_ms: int) -> int:
    """The begin of the minute or second of which that is the end."""
    if ":" not in text:
        return end_ms
    return end_ms - (SECOND_END_MS if text.count(":") > 1 else MINUTE_END_MS)
