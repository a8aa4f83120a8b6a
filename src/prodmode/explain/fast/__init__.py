"""What other options of all lines would lose, from the prices of what lines share."""
