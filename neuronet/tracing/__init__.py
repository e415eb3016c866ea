"""The walk, recorded: the network as straight-line code that does the very same arithmetic, only faster."""
