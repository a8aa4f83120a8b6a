"""A plan as one page of HTML that works offline."""
