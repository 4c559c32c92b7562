SELECT 'product_descriptions', product_id,
       printf('is described by import %d, which is gone', import_id)
FROM product_descriptions WHERE import_id NOT IN (SELECT id FROM imports)
UNION ALL
SELECT 'customer_changes', customer_id,
       printf('keeps what import %d wrote over, which is gone', import_id)
FROM customer_changes WHERE import_id NOT IN (SELECT id FROM imports)
UNION ALL
SELECT 'quarantine', id,
       printf('was set aside by import %d, which is gone', import_id)
FROM quarantine WHERE import_id NOT IN (SELECT id FROM imports)
UNION ALL
SELECT 'former_links', sale_id,
       printf('keeps a link that import %d changed, which is gone', import_id)
FROM former_links WHERE import_id NOT IN (SELECT id FROM imports);
