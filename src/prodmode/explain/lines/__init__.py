"""Why each line is made as it is, and what every other option would lose."""
