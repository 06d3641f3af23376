"""The wall on Textual."""
