"""``python -m evergrow`` is the command line."""

from evergrow.cli import main

main()
