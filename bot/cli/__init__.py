"""The parts of the command line that are more than a line or two."""
