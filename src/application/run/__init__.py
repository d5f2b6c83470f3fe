"""One run of the pipeline: the graph, its keys, what each step calls, and what a run came to."""
