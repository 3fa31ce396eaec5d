//! Packs what the loader has to relocate, where the system's C library knows
//! how (RELR, glibc 2.36). The program is full of tables of pointers: unpacked,
//! two mebibytes are read at each start and stay in memory for nothing.

use std::env;
use std::process::Command;

/// The first glibc that relocates from the packed form.
const PACKED_SINCE: (u32, u32) = (2, 36);

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let built_where_it_runs = env::var("TARGET").ok() == env::var("HOST").ok();
    if built_where_it_runs && glibc().is_some_and(|version| version >= PACKED_SINCE) {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// The version of this system's glibc; `None` where there is another library.
fn glibc() -> Option<(u32, u32)> {
    let asked = Command::new("getconf")
        .arg("GNU_LIBC_VERSION")
        .output()
        .ok()?;
    let said = String::from_utf8(asked.stdout).ok()?;
    let (major, minor) = said.trim().strip_prefix("glibc ")?.split_once('.')?;
    let minor = minor.split('.').next()?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
