"""LogQL for the embedded world: a stated subset, evaluated as Loki 3 evaluates it, the rest refused."""
