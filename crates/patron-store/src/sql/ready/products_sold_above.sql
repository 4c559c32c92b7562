-- 8: products of which more than so many units were sold in a year. $1, $2: its first and last day; $3: the units.
SELECT products.sku, products.description, products.category, sold.units, sold.revenue
FROM (
    SELECT product_id, CAST(sum(quantity) AS BIGINT) AS units, CAST(sum(amount) AS BIGINT) AS revenue
    FROM sales
    WHERE kind <> 'service' AND date_id BETWEEN $1 AND $2
    GROUP BY product_id
) AS sold
JOIN products ON products.id = sold.product_id
WHERE sold.units > $3
ORDER BY sold.units DESC, products.id
