-- What was done to the score that the measures come to (`raw`): the points that each exception of the card took or gave
-- (`exceptions`, in the card's order, NaN where it did not apply), the overrides in force (`holds`: ids, of the score
-- first, then of each group, 0 for none) and the points they did, and what the accounts below did.
-- raw + exceptions + override_effect + children_effect = overall. `met` says which exceptions' criteria were met.
ALTER TABLE health_snapshots
    ADD COLUMN IF NOT EXISTS raw Float64 DEFAULT overall,
    ADD COLUMN IF NOT EXISTS exceptions Array(Float64),
    ADD COLUMN IF NOT EXISTS met Array(UInt8),
    ADD COLUMN IF NOT EXISTS holds Array(UInt32),
    ADD COLUMN IF NOT EXISTS override_effect Float64,
    ADD COLUMN IF NOT EXISTS children_effect Float64;
