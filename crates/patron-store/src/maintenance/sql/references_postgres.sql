-- For each reference: its table, the table it leads to, and a query of the rows whose reference leads nowhere, by the
-- number that is their key.
SELECT child.relname, parent.relname,
       format('SELECT %s FROM %I AS child WHERE child.%I IS NOT NULL'
              ' AND NOT EXISTS (SELECT 1 FROM %I AS parent WHERE parent.%I = child.%I) ORDER BY 1',
              coalesce(
                  (SELECT format('CAST(child.%I AS BIGINT)', key.attname)
                   FROM pg_index AS own
                   JOIN pg_attribute AS key ON key.attrelid = own.indrelid AND key.attnum = own.indkey[0]
                   WHERE own.indrelid = child.oid AND own.indisprimary AND own.indnkeyatts = 1
                     AND key.atttypid IN (CAST('int4' AS REGTYPE), CAST('int8' AS REGTYPE))),
                  'CAST(NULL AS BIGINT)'),
              child.relname, refers.attname, parent.relname, key.attname, refers.attname)
FROM pg_constraint AS link
JOIN pg_class AS child ON child.oid = link.conrelid
JOIN pg_class AS parent ON parent.oid = link.confrelid
JOIN pg_attribute AS refers ON refers.attrelid = link.conrelid AND refers.attnum = link.conkey[1]
JOIN pg_attribute AS key ON key.attrelid = link.confrelid AND key.attnum = link.confkey[1]
WHERE link.contype = 'f' AND link.connamespace = to_regnamespace(quote_ident(current_schema()))
ORDER BY child.relname, link.conname;
