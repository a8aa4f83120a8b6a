"""The answer as data: the plan, its figures and its referee."""
