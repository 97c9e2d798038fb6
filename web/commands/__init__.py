"""One module per command of `sluice`."""
