"""CBC and every other solver that PuLP finds."""
