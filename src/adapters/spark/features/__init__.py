"""A feature set as one plan on Spark."""
