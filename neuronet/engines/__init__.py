"""What runs a traced program in place of the walk."""
