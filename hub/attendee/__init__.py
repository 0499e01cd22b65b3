"""Shows attendees what is theirs."""
