"""What the planner states: the field table, the instance, its rules, its scenarios and a generator."""
