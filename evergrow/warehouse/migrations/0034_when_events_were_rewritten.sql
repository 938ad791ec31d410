-- When stored events last changed otherwise than by more of them or by a merge of people: what is kept of days in memory
-- holds only until then.
ALTER TABLE changes ADD COLUMN IF NOT EXISTS rewritten_at SimpleAggregateFunction(max, DateTime64(6, 'UTC'));
