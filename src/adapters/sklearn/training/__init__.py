"""Fits: what is learned from, the learners, and their calibrators."""
