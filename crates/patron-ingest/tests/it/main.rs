//! Whole files: dialects, real logs, bad input, and what must hold for any bytes.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests stop, and say what they skip")]

mod bad_input;
mod dialects;
mod known_orders;
mod laws;
mod orders;
mod platforms;
mod profiles;
mod real_files;
mod side;
mod support;
mod workbooks_and_parquet;
