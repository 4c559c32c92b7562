-- 17: products below the mean price of all products whose price is known.
SELECT
    products.sku,
    products.description,
    products.category,
    goods.price,
    goods.price_from,
    (2 * goods.total + goods.priced) / (2 * goods.priced) AS average_price
FROM (
    SELECT product_id, price, price_from, CAST(sum(price) OVER () AS BIGINT) AS total, count(price) OVER () AS priced
    FROM query_goods
) AS goods
JOIN products ON products.id = goods.product_id
WHERE goods.price * goods.priced < goods.total
ORDER BY goods.price, products.id
