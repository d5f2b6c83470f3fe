"""Ports implemented on Spark: ingest, matching, features, examples and scoring."""
