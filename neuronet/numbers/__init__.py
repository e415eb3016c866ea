"""Number classes of our own: what flows through the walks decides what comes out."""
