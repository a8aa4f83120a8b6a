"""At which figures a line would be made by another option."""
