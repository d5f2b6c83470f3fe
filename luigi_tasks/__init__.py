"""Luigi tasks: each wraps one node of the pipeline's graph."""
