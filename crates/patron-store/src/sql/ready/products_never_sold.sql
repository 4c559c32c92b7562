-- 14: products without a sale line.
SELECT
    products.sku,
    products.description,
    products.category,
    products.price AS list_price,
    products.launched,
    products.retired,
    goods.return_lines
FROM query_goods AS goods
JOIN products ON products.id = goods.product_id
WHERE goods.sale_lines = 0
ORDER BY products.id
