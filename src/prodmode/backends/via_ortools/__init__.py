"""SCIP, CP-SAT, GLOP and PDLP through OR-Tools."""
