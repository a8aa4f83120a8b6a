"""What changes between two plans: as data, how it is found, and in words."""
