"""What a plan runs out of, and what more of it is worth."""
