UPDATE customers SET
    name = ?2, surname = ?3, email = ?4, phone = ?5, listed_country_id = ?6, city = ?7, address = ?8,
    zip_code = ?9, birthday = ?10, gender = ?11, acquisition_channel = ?12, may_contact = ?13
WHERE id = ?1
