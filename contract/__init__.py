"""What an edge and the hub say to each other."""
