"""Published problems as prodmode instances, compared with their published optima."""
