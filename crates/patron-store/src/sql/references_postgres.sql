SELECT child.relname,
       format('SELECT 1 FROM %I AS child WHERE child.%I IS NOT NULL'
              ' AND NOT EXISTS (SELECT 1 FROM %I AS parent WHERE parent.%I = child.%I) LIMIT 1',
              child.relname, refers.attname, parent.relname, key.attname, refers.attname)
FROM pg_constraint AS link
JOIN pg_class AS child ON child.oid = link.conrelid
JOIN pg_class AS parent ON parent.oid = link.confrelid
JOIN pg_attribute AS refers ON refers.attrelid = link.conrelid AND refers.attnum = link.conkey[1]
JOIN pg_attribute AS key ON key.attrelid = link.confrelid AND key.attnum = link.confkey[1]
WHERE link.contype = 'f' AND link.connamespace = to_regnamespace(quote_ident(current_schema()))
ORDER BY child.relname, link.conname
