-- A query for each table that reads every value of it, and one for each index that amcheck looks into.
SELECT format('SELECT sum(length(CAST(whole AS TEXT))) FROM %I AS whole', relname)
FROM pg_class
WHERE relnamespace = to_regnamespace(quote_ident(current_schema())) AND relkind IN ('r', 'p')
UNION ALL
SELECT format('SELECT CAST(NULL AS BIGINT) FROM %I.bt_index_check(CAST(%L AS REGCLASS)) AS done',
              extension.nspname, quote_ident(tree.relname))
FROM pg_class AS tree
JOIN pg_am AS method ON method.oid = tree.relam AND method.amname = 'btree'
JOIN pg_extension AS amcheck ON amcheck.extname = 'amcheck'
JOIN pg_namespace AS extension ON extension.oid = amcheck.extnamespace
WHERE tree.relnamespace = to_regnamespace(quote_ident(current_schema())) AND tree.relkind = 'i'
  AND has_function_privilege(format('%I.bt_index_check(regclass)', extension.nspname), 'EXECUTE');
