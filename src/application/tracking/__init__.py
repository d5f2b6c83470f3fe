"""Runs and models where people look for them, and what was put off while that place did not answer."""
