"""One tree for what insight refuses; each text is one clear sentence for a person.

InsightError
├── BadSpan          an instant or a stretch of time that cannot be meant
├── TooManyBuckets   buckets too short for the stretch
├── NothingPublished no venue is in force
├── UnknownName      an audience, a part or a format that is not there
└── ParquetMissing   the optional library is not installed
"""


class InsightError(Exception):
    """Insight refuses."""


class BadSpan(InsightError):  # noqa: N818 - named after the thing that is wrong
    """An instant or a stretch of time that cannot be meant."""


class TooManyBuckets(InsightError):  # noqa: N818 - named after the thing that is wrong
    """The buckets asked for are too short for the stretch."""


class NothingPublished(InsightError):  # noqa: N818 - named after the thing that is wrong
    """No venue is in force."""


class UnknownName(InsightError):  # noqa: N818 - named after the thing that is wrong
    """There is nothing of that name."""


class ParquetMissing(InsightError):  # noqa: N818 - named after the thing that is wrong
    """The library that writes Parquet is not installed."""
