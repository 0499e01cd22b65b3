"""Who people are: what is known of them, and by which ids they are told apart."""
