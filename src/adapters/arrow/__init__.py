"""Ports implemented on Arrow: small tables, content digests and exports, without Spark."""
