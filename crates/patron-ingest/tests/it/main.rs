//! Whole files: dialects, real logs, bad input, and what must hold for any bytes.

mod bad_input;
mod dialects;
mod laws;
mod profiles;
mod real_files;
mod support;
mod workbooks_and_parquet;
