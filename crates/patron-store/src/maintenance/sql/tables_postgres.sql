SELECT t.relname, t.relkind IN ('v', 'm'), c.attname,
       upper(replace(format_type(c.atttypid, c.atttypmod), ' without time zone', ''))
FROM pg_class AS t
JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
WHERE t.relnamespace = to_regnamespace(quote_ident(current_schema()))
  AND t.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND t.relname NOT LIKE '\_\_%'
ORDER BY t.relkind IN ('v', 'm'), t.relname, c.attnum;
