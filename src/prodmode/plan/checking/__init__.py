"""The rules that the referee checks, one group a file; nothing here is shared with the formulation."""
