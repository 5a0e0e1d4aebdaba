"""Ratios in one run: our product, the naive way and the machine's own limit, interleaved. See bin/bench."""
