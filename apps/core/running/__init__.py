"""What `bin/up` executes: set up, start everything, stop everything. Knows no business words."""
