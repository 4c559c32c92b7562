SELECT id FROM customers
WHERE coalesce(name, surname, email, phone, CAST(listed_country_id AS TEXT), city, address, zip_code,
    CAST(birthday AS TEXT), gender, acquisition_channel, CAST(may_contact AS TEXT)) IS NOT NULL
