"""How far the decomposition goes, and other backends beside it, as portfolios grow."""
