//! Decisions on synthetic shops with planted truth and on real logs.

#![cfg(test)]

mod real;
mod recommend;
