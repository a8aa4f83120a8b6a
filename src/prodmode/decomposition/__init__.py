"""The large-portfolio backend: prices on what lines share, every line on its own, and a plan from both."""
