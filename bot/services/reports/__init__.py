"""Reports: what was spent against the time before, whether it arrived, how long credit lasts."""
