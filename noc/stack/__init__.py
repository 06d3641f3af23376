"""The deployable monitoring stack as files."""
