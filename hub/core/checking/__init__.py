"""Says all that is wrong with a document, or may not be meant, before it is put in force."""

from hub.core.checking.changes import Change, compare
from hub.core.checking.check import SEVERITIES, check
from hub.core.checking.finding import Finding, Severity, listed, nearest, spell_path, with_name
from hub.core.checking.plain import plain

__all__ = [
    "SEVERITIES", "Change", "Finding", "Severity", "check", "compare", "listed", "nearest", "plain",
    "spell_path", "with_name",
]  # fmt: skip
