"""What every scenario uses: the machine it runs on, interleaved rounds, load, and where results go."""
