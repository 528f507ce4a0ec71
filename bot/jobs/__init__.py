"""Jobs: the clock strikes, a service looks."""
