SELECT id FROM customers
WHERE coalesce(name, surname, email, phone, listed_country_id, city, address, zip_code, birthday, gender,
    acquisition_channel, may_contact) IS NOT NULL
