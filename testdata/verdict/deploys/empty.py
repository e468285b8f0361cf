"""A deploy without operations."""
