"""What several adapters share, one layer below them; knows no platform's messages."""
