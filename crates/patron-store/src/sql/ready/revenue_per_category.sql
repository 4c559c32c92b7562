-- 11: revenue by category of the product.
SELECT
    coalesce(min(nullif(trim(products.category), '')), 'unknown') AS category,
    count(products.id) AS products,
    CAST(sum(net.units) AS BIGINT) AS units,
    CAST(sum(net.revenue) AS BIGINT) AS revenue
FROM (
    SELECT product_id, sum(quantity) AS units, sum(amount) AS revenue
    FROM sales
    WHERE kind <> 'service'
    GROUP BY product_id
) AS net
LEFT JOIN products ON products.id = net.product_id
GROUP BY coalesce(nullif(lower(trim(products.category)), ''), 'unknown')
ORDER BY
    CASE coalesce(nullif(lower(trim(products.category)), ''), 'unknown') WHEN 'unknown' THEN 1 ELSE 0 END,
    sum(net.revenue) DESC,
    min(products.id)
