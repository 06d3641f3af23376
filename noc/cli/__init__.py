"""One file per command, imported only when used."""
