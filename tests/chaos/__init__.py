"""A history, a nemesis, a checker: the real processes under faults (docs/reliability.md, `bin/chaos`)."""
