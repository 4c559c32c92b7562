UPDATE products SET
    category = ?2, producer_country_id = ?3, price = ?4, unit_cost = ?5, launched = ?6, retired = ?7
WHERE id = ?1
