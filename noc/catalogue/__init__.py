"""The metrics of the specification, once each, and how a layout takes them over."""
