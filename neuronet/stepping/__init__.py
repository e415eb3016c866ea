"""The walk, one event at a time: what `Network.steps` returns."""
