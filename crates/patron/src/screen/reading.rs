//! How a file would be read.

use patron_ingest::Inspection;

use super::{AS_WRITTEN, grouped, kinds};

/// The answer of `patron inspect`: what each column means, how dates and numbers are read, the first rows.
pub(crate) fn inspection(found: &Inspection) -> String {
    let file = &found.file;
    let mut lines = vec![
        format!("File        {} ({})", file.name, kinds(file)),
        format!("Format      {}", file.recognised.as_deref().unwrap_or("not one of the known exports")),
        format!("Dates       {}", found.dates),
        format!(
            "Cleaning    {}{}",
            found.profile,
            found
                .overlay
                .as_ref()
                .map_or_else(String::new, |overlay| format!(", with the rules of {overlay}"))
        ),
    ];
    if found.times != AS_WRITTEN {
        lines.push(format!("Times       {}", found.times));
    }
    if let Some(currency) = &found.currency {
        lines.push(format!("Currency    {currency}"));
    }
    if found.order_form {
        lines.push(String::from(
            "Orders      rows describe whole orders too: discounts and refunds are spread over their lines, shipping \
             and tax are kept apart",
        ));
    }
    if found.guest_orders > 0 {
        lines.push(format!(
            "Guests      {} orders name their customer by e-mail address only",
            grouped(found.guest_orders)
        ));
    }
    lines.extend(found.notices.iter().map(|notice| format!("Note        {notice}")));
    lines.push(String::from("Columns"));
    lines.extend(found.mapping.iter().map(|m| format!("  {:12} = {} ({})", m.field, m.column, m.how)));
    let mapped = |column: &&String| found.mapping.iter().any(|m| m.column == **column);
    let unused: Vec<&str> =
        found.columns.iter().filter(|column| !mapped(column)).map(String::as_str).collect();
    if !unused.is_empty() {
        lines.push(format!("  not used     : {}", unused.join(", ")));
    }
    lines.push(String::from("First rows"));
    lines.extend(found.first_rows.iter().map(|row| format!("  {}", row.join(" | "))));
    lines.push(String::from(
        "Set another column with --map, for example --map customer=CustomerID,date=InvoiceDate",
    ));
    lines.join("\n")
}
