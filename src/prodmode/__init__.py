"""prodmode."""
