SELECT 1 FROM products
WHERE coalesce(category, CAST(producer_country_id AS TEXT), CAST(price AS TEXT), CAST(unit_cost AS TEXT),
    CAST(launched AS TEXT), CAST(retired AS TEXT)) IS NOT NULL
