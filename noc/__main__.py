"""``python -m noc``: the same as ``noc``, from a checkout that is not installed."""

from noc.cli.main import main

main()
