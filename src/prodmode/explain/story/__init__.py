"""The story of a plan on a page."""
