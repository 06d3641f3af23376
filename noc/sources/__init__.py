"""One file per wire protocol; the only place besides the demo that touches the network."""
