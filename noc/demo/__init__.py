"""The embedded world: a seeded gateway, its servers and its exporter."""
