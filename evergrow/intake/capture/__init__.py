"""The door for customers' events: decode → authenticate → spool → 200; then, in a thread, identify → insert."""
