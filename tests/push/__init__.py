"""Web Push against a push service that really decrypts."""
