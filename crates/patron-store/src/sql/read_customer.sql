SELECT name, surname, email, phone,
    (SELECT countries.name FROM countries WHERE countries.id = customers.listed_country_id),
    city, address, zip_code, birthday, gender, acquisition_channel, may_contact
FROM customers
WHERE id = ?1
