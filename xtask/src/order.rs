//! Which functions a start runs, for the linker to put beside each other (ADR 45).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Outcome, cargo, root, run, say, step, target};

/// What is written.
const NAMES: &str = "crates/server/start.names";
const SECTIONS: &str = "crates/server/sections.ld";

/// A module is named whole when so much of it, at most, is named in vain for what
/// runs; a function that exists for several types, when so much is.
const MODULE: u64 = 2;
const FUNCTION: u64 = 20;

/// Under valgrind a start takes seconds.
const PATIENCE: Duration = Duration::from_mins(2);

/// Starts the server on a small forum of its own, and on the databases at `urls`,
/// counts what runs until it has answered and rested, and writes the names down.
pub(crate) fn write(urls: &[&str]) -> Outcome {
    step("building for release");
    run(cargo(&["build", "--release", "--package", "mukalma"]))?;
    let folder = target().join("order");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let program = target().join("release").join("mukalma");
    let own = format!("sqlite://{}", folder.join("mukalma.db").display());
    if !folder.join("mukalma.db").exists() {
        let mut seed = server(&program, &folder, &own);
        run(seed.args(["seed", "--threads", "100", "--posts", "1000"]))?;
    }
    let mut ran = BTreeSet::new();
    for url in [own.as_str()].iter().chain(urls) {
        step(&format!(
            "starting on {}",
            url.split("://").next().unwrap_or(url)
        ));
        run(server(&program, &folder, url).args(["migrate", "up"]))?;
        ran.extend(functions_of_a_start(&program, &folder, url)?);
    }
    let sections = read(&root().join(SECTIONS))?;
    let placed = placed_by_hand(&sections);
    let sizes = sizes(&program)?;
    let mut tree = Node::default();
    for (symbol, size) in &sizes {
        if !placed.iter().any(|fragment| symbol.contains(fragment)) {
            tree.add(&parts(symbol), *size, ran.contains(symbol));
        }
    }
    let mut names = Vec::new();
    tree.name("", &mut names);
    let text = names.join("\n") + "\n";
    fs::write(root().join(NAMES), text).map_err(|error| format!("{NAMES}: {error}"))?;
    say(&format!(
        "{} functions ran; {} names stand in {NAMES}",
        ran.len(),
        names.len()
    ));
    Ok(())
}

/// Part of a symbol's name, and what begins with it.
#[derive(Default)]
struct Node {
    bytes: u64,
    ran: u64,
    below: BTreeMap<String, Node>,
}

impl Node {
    fn add(&mut self, parts: &[String], bytes: u64, ran: bool) {
        self.bytes += bytes;
        self.ran += if ran { bytes } else { 0 };
        if let Some((first, rest)) = parts.split_first() {
            let below = self.below.entry(first.clone()).or_default();
            below.add(rest, bytes, ran);
        }
    }

    /// Names the largest parts that mostly run.
    fn name(&self, prefix: &str, names: &mut Vec<String>) {
        for (part, node) in &self.below {
            let whole = format!("{prefix}{part}");
            let (most, end) = if node.below.is_empty() {
                (FUNCTION, "")
            } else {
                (MODULE, "*")
            };
            if node.ran > 0 && node.bytes < most * node.ran {
                names.push(format!(".text.{whole}{end}"));
            } else {
                node.name(&whole, names);
            }
        }
    }
}

/// The parts of a symbol's name, without what another compiler names otherwise: the
/// hash at its end, and those of crates.
fn parts(symbol: &str) -> Vec<String> {
    let symbol = symbol.split(".llvm.").next().unwrap_or(symbol);
    let Some(path) = symbol.strip_prefix("_ZN") else {
        return vec![unhashed(symbol)];
    };
    let mut parts = Vec::new();
    let mut rest = path;
    while let Some((part, after)) = first_part(rest) {
        let hash = part.len() == 19 && part.starts_with("17h") && after.starts_with('E');
        parts.push(if hash {
            "17h*".to_owned()
        } else {
            part.to_owned()
        });
        rest = after;
    }
    if let Some(first) = parts.first_mut() {
        first.insert_str(0, "_ZN");
    }
    // Function and hash are one name.
    if parts.last().is_some_and(|last| last == "17h*") && parts.len() > 1 {
        parts.pop();
        if let Some(last) = parts.last_mut() {
            last.push_str("17h*");
        }
    }
    parts
}

/// The first name of a path, with its length before it, and what follows.
fn first_part(path: &str) -> Option<(&str, &str)> {
    let digits = path.bytes().take_while(u8::is_ascii_digit).count();
    let length: usize = path.get(..digits)?.parse().ok()?;
    path.split_at_checked(digits + length)
}

/// A name of Rust's newer form, whose crates have a hash each.
fn unhashed(symbol: &str) -> String {
    let mut pieces = symbol.split("Cs");
    let mut name = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let hash = piece.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let hashed = symbol.starts_with("_R") && piece[hash..].starts_with('_');
        name.push_str(if hashed { "Cs*" } else { "Cs" });
        name.push_str(if hashed { &piece[hash..] } else { piece });
    }
    name
}

/// What `sections.ld` names by a part of the name.
fn placed_by_hand(sections: &str) -> Vec<&str> {
    let start = sections.split(".text.asked").next().unwrap_or(sections);
    let fragments = start.split_whitespace();
    let fragments = fragments.filter_map(|word| word.strip_prefix("*(.text.*"));
    fragments
        .filter_map(|word| word.strip_suffix("*)"))
        .collect()
}

/// Every function of the program with its size in bytes.
fn sizes(program: &Path) -> Result<Vec<(String, u64)>, String> {
    let mut nm = Command::new("nm");
    let out = nm
        .args(["--print-size", "--defined-only"])
        .arg(program)
        .output();
    let out = out.map_err(|error| format!("nm: {error}"))?;
    let text = String::from_utf8_lossy(&out.stdout);
    let mut seen = BTreeSet::new();
    let functions = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let (address, size, kind) = (words.next()?, words.next()?, words.next()?);
        let name = words.next()?;
        let function = matches!(kind, "t" | "T" | "w" | "W") && seen.insert(address.to_owned());
        let size = u64::from_str_radix(size, 16).ok()?;
        function.then(|| (name.to_owned(), size))
    });
    Ok(functions.collect())
}

/// The functions that a start runs, by valgrind's count.
fn functions_of_a_start(
    program: &Path,
    folder: &Path,
    url: &str,
) -> Result<BTreeSet<String>, String> {
    let counted = folder.join("callgrind.out");
    let address = free_address()?;
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--demangle=no", "--combine-dumps=yes"]);
    valgrind.arg(format!("--callgrind-out-file={}", counted.display()));
    valgrind.arg(program).arg("serve");
    valgrind.env("MUKALMA_LISTEN", address.to_string());
    settings(&mut valgrind, folder, url);
    valgrind.stdout(Stdio::null()).stderr(Stdio::null());
    let mut serving = valgrind
        .spawn()
        .map_err(|error| format!("valgrind, which counts what runs: {error}"))?;
    let answered = first_answer(address, &mut serving);
    // What runs once it rests belongs to it.
    std::thread::sleep(Duration::from_secs(5));
    run(Command::new("kill").args(["-TERM", &serving.id().to_string()]))?;
    serving
        .wait()
        .map_err(|error| format!("valgrind: {error}"))?;
    answered?;
    Ok(names_in(&read(&counted)?))
}

/// The names of functions in what callgrind writes: each stands once, after its
/// number.
fn names_in(counted: &str) -> BTreeSet<String> {
    let named = counted.lines().filter_map(|line| {
        let name = line.strip_prefix("fn=(").or(line.strip_prefix("cfn=("))?;
        let (_, name) = name.split_once(") ")?;
        // A function that calls itself is counted by its depth.
        Some(name.split('\'').next().unwrap_or(name).to_owned())
    });
    named.collect()
}

fn first_answer(address: SocketAddr, serving: &mut Child) -> Outcome {
    let question = r#"{"query":"{ __typename }"}"#;
    let request = format!(
        "POST /graphql HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Accept: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{question}",
        question.len(),
    );
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        let mut answer = String::new();
        let asked = TcpStream::connect(address).and_then(|mut stream| {
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.write_all(request.as_bytes())?;
            stream.read_to_string(&mut answer)
        });
        if asked.is_ok() && answer.contains("200 OK") {
            return Ok(());
        }
        if let Ok(Some(status)) = serving.try_wait() {
            return Err(format!("the server ended under valgrind: {status}"));
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    Err("the server does not answer under valgrind".to_owned())
}

fn free_address() -> Result<SocketAddr, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let address = listener.and_then(|listener| listener.local_addr());
    address.map_err(|error| format!("no address is free: {error}"))
}

fn server(program: &Path, folder: &Path, url: &str) -> Command {
    let mut command = Command::new(program);
    settings(&mut command, folder, url);
    command
}

fn settings(command: &mut Command, folder: &Path, url: &str) {
    let secrets: PathBuf = folder.join("secrets");
    command.current_dir(folder);
    command.env("MUKALMA_DATABASE_URL", url);
    command.env("MUKALMA_DATA_DIR", folder);
    command.env("MUKALMA_SECRETS_DIR", secrets);
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
