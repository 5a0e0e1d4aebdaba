"""Django's PostgreSQL backend, reading times as fast as the driver can (`base`)."""
