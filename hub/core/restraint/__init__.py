"""What holds rules back: how often, how much, when not, and for whom not."""
