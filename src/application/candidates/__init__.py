"""Candidates scored on demand."""
