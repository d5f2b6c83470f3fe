"""Spark in this process: its session, its jars, and the stores that it reads."""
