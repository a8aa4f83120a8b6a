"""Which change of input drives the difference between two plans."""
