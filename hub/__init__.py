"""The hub keeps what is known of people, applies the organiser's rules, drives the venue."""
