//! The world outside, behind the ports that `forum` defines: here mail, by
//! lettre.

pub mod mail;
