-- What there is in the connection's own schema, extensions aside.
SELECT
    current_schema() IS NOT NULL AS has_schema,
    pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' AS is_read_only,
    current_setting('server_encoding') AS encoding,
    CAST(count(*) AS INTEGER) AS relations,
    CAST(count(CASE WHEN relname IN ('__diesel_schema_migrations', 'shop') THEN 1 END) AS INTEGER) AS own
FROM pg_class
WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
  AND relkind IN ('r', 'p', 'v', 'm', 'f')
  AND NOT EXISTS (
      SELECT 1 FROM pg_depend
      WHERE classid = CAST('pg_class' AS REGCLASS) AND pg_depend.objid = pg_class.oid AND deptype = 'e')
