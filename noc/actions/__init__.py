"""What a person at the wall does: pure proposals and previews, and the one gate that carries them out."""
