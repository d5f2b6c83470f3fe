"""Measurements of the running software, apart from the tests."""
