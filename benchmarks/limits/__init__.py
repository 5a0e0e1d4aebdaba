"""What this machine can do at all, with nothing of the product in the way."""
