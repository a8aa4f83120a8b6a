"""Backends side by side: the same program to each, every answer refereed."""
