-- Indexes and conditions that are there but do not hold yet.
SELECT 'the index ' || index.relname || ' is not valid; build it anew with REINDEX'
FROM pg_index AS own
JOIN pg_class AS index ON index.oid = own.indexrelid
WHERE index.relnamespace = to_regnamespace(quote_ident(current_schema())) AND NOT (own.indisvalid AND own.indisready)
UNION ALL
SELECT 'the condition ' || conname || ' was never proved; prove it with VALIDATE CONSTRAINT'
FROM pg_constraint
WHERE connamespace = to_regnamespace(quote_ident(current_schema())) AND NOT convalidated;
