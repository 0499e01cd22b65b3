"""Both brokers hold to one suite."""
