"""One file per panel kind and the registry."""
