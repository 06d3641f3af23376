"""What to ask, when, and what is kept: no network, no Textual."""
