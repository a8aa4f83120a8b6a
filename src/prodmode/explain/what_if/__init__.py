"""Changes of input and standard questions, answered as the difference of two plans."""
