-- Tables that hold facts: those no materialised view writes into.
SELECT name
FROM system.tables
WHERE database = currentDatabase()
  AND engine LIKE '%MergeTree'
  AND name NOT LIKE '%migrations%'
  AND name NOT IN (
      SELECT extract(create_table_query, ' TO (?:\\w+\\.)?(\\w+)')
      FROM system.tables
      WHERE database = currentDatabase() AND engine = 'MaterializedView'
  )
ORDER BY name
