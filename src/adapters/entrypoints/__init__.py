"""Where a process starts: the command line and the jobs for spark-submit."""
