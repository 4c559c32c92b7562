SELECT 1 FROM products
WHERE coalesce(category, producer_country_id, price, unit_cost, launched, retired) IS NOT NULL
