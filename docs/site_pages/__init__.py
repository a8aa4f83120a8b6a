"""The pages of the site that are made from the package when the site is built."""
