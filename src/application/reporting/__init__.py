"""The report of a run, part by part."""
