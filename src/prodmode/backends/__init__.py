"""Solvers behind one contract."""
