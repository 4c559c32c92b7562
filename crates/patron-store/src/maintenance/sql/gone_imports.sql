SELECT 'product_descriptions', product_id,
       'is described by import ' || import_id || ', which is gone'
FROM product_descriptions WHERE import_id NOT IN (SELECT id FROM imports)
UNION ALL
SELECT 'customer_changes', customer_id,
       'keeps what import ' || import_id || ' wrote over, which is gone'
FROM customer_changes WHERE import_id NOT IN (SELECT id FROM imports)
UNION ALL
SELECT 'quarantine', id,
       'was set aside by import ' || import_id || ', which is gone'
FROM quarantine WHERE import_id NOT IN (SELECT id FROM imports)
UNION ALL
SELECT 'former_links', sale_id,
       'keeps a link that import ' || import_id || ' changed, which is gone'
FROM former_links WHERE import_id NOT IN (SELECT id FROM imports);
