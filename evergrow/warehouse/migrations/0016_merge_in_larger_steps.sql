-- Events come in many small parts, and each was written about four times until it lay in a large one. Merging up to
-- eight parts of a size at once halves the processor time of merges; a question reads a few parts more.
ALTER TABLE events MODIFY SETTING merge_selector_base = 8;

ALTER TABLE seen_messages MODIFY SETTING merge_selector_base = 8;
