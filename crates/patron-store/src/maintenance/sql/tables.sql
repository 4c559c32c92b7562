SELECT t.name, t.type = 'view', c.name, c.type
FROM sqlite_schema AS t
JOIN pragma_table_info(t.name) AS c
WHERE t.type IN ('table', 'view')
  AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
  AND t.name NOT LIKE '\_\_%' ESCAPE '\'
ORDER BY t.type = 'view', t.name, c.cid;
