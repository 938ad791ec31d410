"""What this room holds about people, how it is erased, how late messages of erased people are refused, retention."""
