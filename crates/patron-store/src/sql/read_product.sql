SELECT category,
    (SELECT countries.name FROM countries WHERE countries.id = products.producer_country_id),
    price, unit_cost, launched, retired
FROM products
WHERE id = ?1
