-- The number that orders events of the same time says the moment their segment began, too: it needs 64 bits.
ALTER TABLE events MODIFY COLUMN IF EXISTS sequence UInt64;

ALTER TABLE events_on_the_move MODIFY COLUMN IF EXISTS sequence UInt64;
