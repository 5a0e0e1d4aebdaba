"""The platforms' servers, one process: speaks every dialect, does as the weather says, logs the truth."""
