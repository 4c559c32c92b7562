-- 9: products by the country of their producer.
SELECT
    coalesce(countries.name, 'unknown') AS producer_country,
    count(*) AS products,
    count(CASE WHEN goods.sale_lines > 0 THEN 1 END) AS sold_products
FROM query_goods AS goods
JOIN products ON products.id = goods.product_id
LEFT JOIN countries ON countries.id = products.producer_country_id
GROUP BY countries.id, countries.name
ORDER BY CASE WHEN countries.id IS NULL THEN 1 ELSE 0 END, count(*) DESC, countries.id
