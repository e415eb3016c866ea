"""Models of raw rows: a network with its columns, fitted, reported on and compared."""
