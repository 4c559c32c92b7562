-- 17: products below the mean price of all products whose price is known.
SELECT
    products.sku,
    products.description,
    products.category,
    goods.price,
    goods.price_from,
    (2 * average.total + average.products) / (2 * average.products) AS average_price
FROM query_goods AS goods
CROSS JOIN (
    SELECT CAST(sum(price) AS BIGINT) AS total, count(price) AS products FROM query_goods
) AS average
JOIN products ON products.id = goods.product_id
WHERE goods.price * average.products < average.total
ORDER BY goods.price, products.id
