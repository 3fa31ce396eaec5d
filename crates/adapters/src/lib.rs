//! The world outside, behind the ports that `forum` defines: mail, by lettre,
//! and posting to webhooks, by hyper.

pub mod egress;
pub mod mail;
