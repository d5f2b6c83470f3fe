"""A search for secrets in every place where a run of the pipeline leaves or shows something."""
