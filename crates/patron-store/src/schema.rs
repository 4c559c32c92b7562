//! Tables and columns. Generated from the migrations; to write it anew:
//! `PATRON_BLESS=1 cargo test -p patron-store schema`

diesel::table! {
    acquisition_spend (month, channel) {
        month -> Date,
        channel -> Text,
        amount -> BigInt,
    }
}

diesel::table! {
    api_keys (id) {
        id -> BigInt,
        name -> Text,
        hash -> Text,
        scopes -> Text,
        created_at -> Timestamp,
        expires_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
        last_used_on -> Nullable<Date>,
    }
}

diesel::table! {
    attribute_files (id) {
        id -> BigInt,
        kind -> Text,
        file_name -> Text,
        sha256 -> Text,
        imported_at -> Timestamp,
        lines -> BigInt,
        matched -> BigInt,
        unmatched -> Text,
    }
}

diesel::table! {
    audit (id) {
        id -> BigInt,
        at -> Timestamp,
        key_id -> Nullable<BigInt>,
        action -> Text,
        resource -> Text,
        row_id -> BigInt,
        changes -> Nullable<Text>,
    }
}

diesel::table! {
    cancellations (sale_id) {
        sale_id -> BigInt,
        purchase_id -> BigInt,
    }
}

diesel::table! {
    contact_costs (channel) {
        channel -> Text,
        cost -> BigInt,
    }
}

diesel::table! {
    countries (id) {
        id -> BigInt,
        name -> Text,
    }
}

diesel::table! {
    customer_changes (customer_id, import_id) {
        customer_id -> BigInt,
        import_id -> BigInt,
        former -> Text,
    }
}

diesel::table! {
    customers (id) {
        id -> BigInt,
        external_id -> Text,
        name -> Nullable<Text>,
        surname -> Nullable<Text>,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        country_id -> Nullable<BigInt>,
        city -> Nullable<Text>,
        address -> Nullable<Text>,
        zip_code -> Nullable<Text>,
        birthday -> Nullable<Date>,
        gender -> Nullable<Text>,
        acquisition_channel -> Nullable<Text>,
        imported -> Bool,
        may_contact -> Nullable<Bool>,
        listed_country_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    dates (id) {
        id -> Integer,
        date -> Date,
        month -> Integer,
        month_name -> Text,
        year -> Integer,
        quarter -> Integer,
        day_of_month -> Integer,
        day_of_year -> Integer,
        day_of_week -> Integer,
        day_name -> Text,
        iso_year -> Integer,
        iso_week -> Integer,
        week_of_month -> Integer,
        event -> Nullable<Text>,
        kept -> Bool,
    }
}

diesel::table! {
    erased (mark) {
        mark -> Text,
        stand_in -> Text,
    }
}

diesel::table! {
    erased_salt (id) {
        id -> BigInt,
        salt -> Text,
    }
}

diesel::table! {
    former_links (sale_id, import_id) {
        sale_id -> BigInt,
        import_id -> BigInt,
        purchase_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    highest_ids (table_name) {
        table_name -> Text,
        id -> BigInt,
    }
}

diesel::table! {
    idempotency (caller, key) {
        caller -> Text,
        key -> Text,
        request -> Text,
        ids -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    imports (id) {
        id -> BigInt,
        file_name -> Text,
        sha256 -> Text,
        settings_sha256 -> Text,
        profile -> Text,
        imported_at -> Timestamp,
        lines_read -> BigInt,
        lines_accepted -> BigInt,
        lines_quarantined -> BigInt,
        first_day -> Nullable<Date>,
        last_day -> Nullable<Date>,
        derived_orders -> Bool,
        first_sale_id -> BigInt,
        last_sale_id -> BigInt,
        report -> Text,
        corrections -> BigInt,
    }
}

diesel::table! {
    jobs (id) {
        id -> BigInt,
        kind -> Text,
        state -> Text,
        created_at -> Timestamp,
        started_at -> Nullable<Timestamp>,
        ended_at -> Nullable<Timestamp>,
        asked_by -> Text,
        attempts -> BigInt,
        request -> Text,
        progress -> Nullable<Text>,
        outcome -> Nullable<Text>,
        error -> Nullable<Text>,
        service -> BigInt,
    }
}

diesel::table! {
    model_runs (id) {
        id -> BigInt,
        created_at -> Timestamp,
        as_of -> Date,
        forecaster -> Text,
        parameters -> Text,
        metrics -> Text,
        fitted -> Nullable<Binary>,
        seen_sale_id -> BigInt,
    }
}

diesel::table! {
    predictions (run_id, customer_id) {
        run_id -> BigInt,
        customer_id -> BigInt,
        orders -> BigInt,
        last_purchase -> Date,
        spent_to_date -> BigInt,
        chance_to_buy_3m -> Double,
        p_alive -> Double,
        expected_purchases_3m -> Double,
        expected_value -> Double,
        clv_3m -> Double,
        clv_12m -> Double,
        clv_24m -> Double,
        grade_3m -> Text,
        grade_12m -> Text,
        grade_24m -> Text,
        formula_clv -> Nullable<Double>,
        segment -> Text,
        predicted_clv -> Nullable<Double>,
    }
}

diesel::table! {
    product_descriptions (product_id, import_id) {
        import_id -> BigInt,
        product_id -> BigInt,
        description -> Text,
    }
}

diesel::table! {
    products (id) {
        id -> BigInt,
        sku -> Text,
        description -> Text,
        category -> Nullable<Text>,
        producer_country_id -> Nullable<BigInt>,
        price -> Nullable<BigInt>,
        unit_cost -> Nullable<BigInt>,
        launched -> Nullable<Date>,
        retired -> Nullable<Date>,
        imported -> Bool,
        own_description -> Nullable<Text>,
    }
}

diesel::table! {
    quarantine (id) {
        id -> BigInt,
        import_id -> BigInt,
        line -> BigInt,
        rule -> Text,
        reason -> Text,
        raw -> Text,
        amount -> Nullable<BigInt>,
    }
}

diesel::table! {
    sales (id) {
        id -> BigInt,
        transaction_id -> BigInt,
        product_id -> Nullable<BigInt>,
        customer_id -> Nullable<BigInt>,
        country_id -> Nullable<BigInt>,
        date_id -> Integer,
        timestamp -> BigInt,
        quantity -> Integer,
        unit_price -> BigInt,
        discount -> BigInt,
        amount -> BigInt,
        kind -> Text,
        line -> Nullable<BigInt>,
    }
}

diesel::table! {
    serving_model (id) {
        id -> BigInt,
        run_id -> BigInt,
        since -> Timestamp,
    }
}

diesel::table! {
    shop (id) {
        id -> Integer,
        name -> Text,
        currency -> Nullable<Text>,
        time_zone -> Nullable<Text>,
    }
}

diesel::table! {
    transactions (id) {
        id -> BigInt,
        invoice_number -> Text,
        derived -> Bool,
        timestamp -> BigInt,
        payment_method -> Nullable<Text>,
        customer_id -> Nullable<BigInt>,
        country_id -> Nullable<BigInt>,
        imported -> Bool,
    }
}

diesel::joinable!(customer_changes -> customers (customer_id));
diesel::joinable!(customer_changes -> imports (import_id));
diesel::joinable!(former_links -> imports (import_id));
diesel::joinable!(predictions -> customers (customer_id));
diesel::joinable!(predictions -> model_runs (run_id));
diesel::joinable!(product_descriptions -> imports (import_id));
diesel::joinable!(product_descriptions -> products (product_id));
diesel::joinable!(products -> countries (producer_country_id));
diesel::joinable!(quarantine -> imports (import_id));
diesel::joinable!(sales -> countries (country_id));
diesel::joinable!(sales -> customers (customer_id));
diesel::joinable!(sales -> dates (date_id));
diesel::joinable!(sales -> products (product_id));
diesel::joinable!(sales -> transactions (transaction_id));
diesel::joinable!(transactions -> countries (country_id));
diesel::joinable!(transactions -> customers (customer_id));

diesel::allow_tables_to_appear_in_same_query!(
    acquisition_spend,
    api_keys,
    attribute_files,
    audit,
    cancellations,
    contact_costs,
    countries,
    customer_changes,
    customers,
    dates,
    erased,
    erased_salt,
    former_links,
    highest_ids,
    idempotency,
    imports,
    jobs,
    model_runs,
    predictions,
    product_descriptions,
    products,
    quarantine,
    sales,
    serving_model,
    shop,
    transactions,
);
