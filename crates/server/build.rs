//! What the linker is told of the program, so that it takes less memory.
//!
//! What the loader has to relocate is packed, where the system's C library
//! knows how (RELR, glibc 2.36). The program is full of tables of pointers:
//! unpacked, two mebibytes are read at each start and stay in memory for
//! nothing. And what a start runs stands together (`sections.ld`, ADR 45).

use std::path::Path;
use std::process::Command;
use std::{env, fs};

const SECTIONS: &str = "sections.ld";

/// What a start runs, function by function; `cargo xtask order` writes it.
const NAMES: &str = "start.names";

/// Where the names stand in the sections.
const PLACE: &str = "/* start.names */";

/// The first glibc that relocates from the packed form.
const PACKED_SINCE: (u32, u32) = (2, 36);

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={SECTIONS}");
    println!("cargo::rerun-if-changed={NAMES}");
    if let Some(script) = sections() {
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{script}");
    }
    let built_where_it_runs = env::var("TARGET").ok() == env::var("HOST").ok();
    if built_where_it_runs && glibc().is_some_and(|version| version >= PACKED_SINCE) {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// The script that says which code stands together: for Linux, whose usual
/// linkers read it. Those that do not are named where they are chosen.
fn sections() -> Option<String> {
    let said = |name: &str| env::var(name).unwrap_or_default();
    let chosen = said("CARGO_ENCODED_RUSTFLAGS") + &said("RUSTC_LINKER");
    let reads = !["mold", "wild"]
        .iter()
        .any(|linker| chosen.contains(linker));
    let linux = said("CARGO_CFG_TARGET_OS") == "linux";
    if !(linux && reads) {
        return None;
    }
    let (sections, names) = (fs::read_to_string(SECTIONS), fs::read_to_string(NAMES));
    let names = format!("*(\n{}    )", names.ok()?);
    let script = Path::new(&said("OUT_DIR")).join(SECTIONS);
    fs::write(&script, sections.ok()?.replace(PLACE, &names)).ok()?;
    Some(script.display().to_string())
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
