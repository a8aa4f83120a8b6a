"""Which inputs move the result or flip decisions most."""
