"""What measures speed and compares with published values; run from the root of the project."""
