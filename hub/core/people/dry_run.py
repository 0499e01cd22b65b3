"""What would come of a source's records, before one of them is taken: counts and examples."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from hub.core.document.people import Source
from hub.core.people.ground import Ground
from hub.core.people.mapping import MappedRecord, Problem, map_record
from hub.core.people.reading import find

EXAMPLES_MAX: Final = 3
"""Most problems of one field that are shown."""


@dataclass(frozen=True, slots=True)
class FieldReport:
    """What became of one mapped field: in so many records each."""

    to: str
    mapped: int
    missing: int
    """The record has no such field; where the mapping has a default, that is used."""
    problems: int
    examples: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the records of a source."""

    source: str
    records: int
    refused: int
    """Records that name nobody."""
    fields: tuple[FieldReport, ...]
    """In the order of the mapping."""
    unmapped: Mapping[str, int]
    """Name of a field that nobody asked for, to the records that have it; the commonest first."""


def dry_run(source: Source, records: Iterable[Mapping[str, object]], ground: Ground) -> Report:
    """Map all records of a source and say what came of it; nothing is kept of them."""
    listed = list(records)
    mapped = [map_record(source, record, ground) for record in listed]
    unmapped = Counter(name for one in mapped for name in one.unmapped)
    return Report(
        source=source.name,
        records=len(listed),
        refused=sum(one.refused is not None for one in mapped),
        fields=tuple(_field(one.to, one.from_, listed, mapped) for one in source.fields),
        unmapped=dict(sorted(unmapped.items(), key=lambda item: (-item[1], item[0]))),
    )


def _field(
    to: str,
    names: list[str],
    records: list[Mapping[str, object]],
    mapped: list[MappedRecord],
) -> FieldReport:
    found = [[problem for problem in one.problems if problem.field == to] for one in mapped]
    problems = [problem for some in found for problem in some]
    missing = sum(
        not some and find(record, names) is None
        for some, record in zip(found, records, strict=True)
    )
    return FieldReport(
        to=to,
        mapped=len(records) - missing - len(problems),
        missing=missing,
        problems=len(problems),
        examples=tuple(problems[:EXAMPLES_MAX]),
    )
