"""What runs inside the sandbox: the student's cells, and calls of what they define."""
