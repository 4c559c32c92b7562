-- 6: what each product came to in a year. $1, $2: its first and last day.
SELECT products.sku, products.description, products.category, sold.orders, sold.units, sold.revenue
FROM (
    SELECT
        product_id,
        count(DISTINCT CASE WHEN kind = 'sale' THEN transaction_id END) AS orders,
        CAST(sum(quantity) AS BIGINT) AS units,
        CAST(sum(amount) AS BIGINT) AS revenue
    FROM sales
    WHERE kind <> 'service' AND date_id BETWEEN $1 AND $2
    GROUP BY product_id
) AS sold
JOIN products ON products.id = sold.product_id
ORDER BY sold.revenue DESC, products.id
