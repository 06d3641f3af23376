"""Numbers, a size and a palette become a Canvas of cells. No Textual, no network, no clock."""
