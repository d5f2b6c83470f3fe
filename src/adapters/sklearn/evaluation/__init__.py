"""Fits judged on lines that they have not seen: every metric, with its interval."""
