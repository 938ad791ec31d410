"""The board of tasks: columns by state or by owner, cards that are dragged through guarded moves."""
