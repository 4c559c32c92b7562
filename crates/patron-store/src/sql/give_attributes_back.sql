-- To customers and products who came back with the new import; those who never left have it all.
INSERT INTO countries (id, name)
SELECT (SELECT coalesce(max(id), 0) FROM countries) + row_number() OVER (ORDER BY name), name
FROM (
    SELECT country AS name FROM kept_customers
     WHERE country IS NOT NULL AND external_id IN (SELECT external_id FROM customers)
    UNION
    SELECT producer_country FROM kept_products
     WHERE producer_country IS NOT NULL AND sku IN (SELECT sku FROM products)
    EXCEPT
    SELECT name FROM countries
) AS missing;

UPDATE customers SET
    name = kept.name, surname = kept.surname, email = kept.email, phone = kept.phone,
    listed_country_id = (SELECT id FROM countries WHERE countries.name = kept.country),
    city = kept.city, address = kept.address, zip_code = kept.zip_code, birthday = kept.birthday,
    gender = kept.gender, acquisition_channel = kept.acquisition_channel, may_contact = kept.may_contact
FROM kept_customers AS kept
WHERE kept.external_id = customers.external_id;

UPDATE products SET
    category = kept.category,
    producer_country_id = (SELECT id FROM countries WHERE countries.name = kept.producer_country),
    price = kept.price, unit_cost = kept.unit_cost, launched = kept.launched, retired = kept.retired
FROM kept_products AS kept
WHERE kept.sku = products.sku;

DROP TABLE kept_customers;
DROP TABLE kept_products;
