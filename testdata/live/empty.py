"""A deploy without an operation."""
