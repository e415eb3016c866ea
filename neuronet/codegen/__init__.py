"""The traced program printed in a language."""
