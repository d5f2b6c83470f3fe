"""What may be done about a line, what that is worth, and why."""
