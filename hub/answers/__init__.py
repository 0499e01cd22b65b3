"""Answers "why?" from what is stored."""

from hub.answers.answers import Answers

__all__ = ["Answers"]
