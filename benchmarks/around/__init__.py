"""What everything around the solver costs on large portfolios."""
