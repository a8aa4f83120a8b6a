"""Views of instances, results and plans for people."""
