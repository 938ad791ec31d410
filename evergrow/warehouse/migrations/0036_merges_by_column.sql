-- Large parts of events are merged column by column. With all columns at once a merge of ten parts took 120 to 200 MiB, and
-- several go on side by side; so it takes half, and no more work.
ALTER TABLE events MODIFY SETTING vertical_merge_algorithm_min_columns_to_activate = 1;
