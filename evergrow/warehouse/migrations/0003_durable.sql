-- A spool file is deleted once its events are here, so “here” must survive a power cut as well: new parts are fsynced.
-- (Merged parts need none: what they were merged from stays for eight minutes.)
ALTER TABLE events MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;

ALTER TABLE seen_messages MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;

ALTER TABLE activity MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;

ALTER TABLE account_day MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;

ALTER TABLE person_overrides MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
