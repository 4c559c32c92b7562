-- What is known of customers and products, by their names, while an import is replaced.
CREATE TEMP TABLE kept_customers AS
SELECT external_id, customers.name, surname, email, phone, countries.name AS country, city, address, zip_code,
    birthday, gender, acquisition_channel, may_contact
FROM customers
LEFT JOIN countries ON countries.id = customers.listed_country_id
WHERE imported AND coalesce(customers.name, surname, email, phone, CAST(listed_country_id AS TEXT), city, address,
    zip_code, CAST(birthday AS TEXT), gender, acquisition_channel, CAST(may_contact AS TEXT)) IS NOT NULL;

CREATE TEMP TABLE kept_products AS
SELECT sku, category, countries.name AS producer_country, price, unit_cost, launched, retired
FROM products
LEFT JOIN countries ON countries.id = products.producer_country_id
WHERE imported AND coalesce(category, CAST(producer_country_id AS TEXT), CAST(price AS TEXT),
    CAST(unit_cost AS TEXT), CAST(launched AS TEXT), CAST(retired AS TEXT)) IS NOT NULL;
