"""Backends side by side, and prodmode beside models written by hand."""
