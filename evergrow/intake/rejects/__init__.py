"""The refused messages: found, understood, mended, sent again or discarded."""
