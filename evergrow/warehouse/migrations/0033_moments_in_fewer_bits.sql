-- Moments within a month differ in 32 of their 64 bits, and within a day they come in the order of people, so that there is
-- no use in differences: cutting the bits off takes less room than ZSTD does and is read three times as fast. Parts are
-- written anew as they are merged.
ALTER TABLE events MODIFY COLUMN IF EXISTS at DateTime64(3, 'UTC') CODEC(T64, LZ4);
