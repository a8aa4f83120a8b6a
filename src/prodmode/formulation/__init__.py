"""Instance -> solver-neutral sparse mixed-integer program, one constraint family a file."""

from prodmode.formulation.formulate import Formulation, formulate

__all__ = ["Formulation", "formulate"]
