"""Data to start with, and what one does with data before and after training."""
