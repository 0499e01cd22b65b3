"""What a desk does with people, on the real engine and both databases."""
