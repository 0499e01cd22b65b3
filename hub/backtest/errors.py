"""One tree for what a backtest cannot be made of.

BacktestError
├── RecordingFault    a file is no recorded event; the text names the line
├── DocumentFault     the rules cannot be put in the place of those in force
└── FoldFault         a process that folds has ended before it was done
"""


class BacktestError(Exception):
    """The backtest cannot be made; the text is for a person."""


class RecordingFault(BacktestError):  # noqa: N818 - named after the thing that is wrong
    """A file is no recorded event, or a line of it is none of its facts."""


class DocumentFault(BacktestError):  # noqa: N818 - named after the thing that is wrong
    """The document that is asked about cannot be meant."""


class FoldFault(BacktestError):  # noqa: N818 - named after the thing that is wrong
    """A process that folds has ended before it was done."""
