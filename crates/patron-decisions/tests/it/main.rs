//! Decisions on synthetic shops with planted truth and on real logs.

#![cfg(test)]

mod offers;
mod real;
mod recommend;
