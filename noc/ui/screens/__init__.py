"""What opens over the wall."""
