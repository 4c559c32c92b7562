//! The shop from outside: its log against its truth.

#[cfg(test)]
mod clean;
mod dirty_file;
#[cfg(test)]
mod effects;
#[cfg(test)]
mod export;
#[cfg(test)]
mod log;
#[cfg(test)]
mod pinned;
#[cfg(test)]
mod ready;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod story;
#[cfg(test)]
mod stream;
