"""Drafting a mapping from the values of a source's files, with what they cannot tell."""
