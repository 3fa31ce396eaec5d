//! Finds each setting's value in the layers and reads it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

use super::problem::closest;
use super::value::FromText;
use super::{Config, ConfigError, FILE, PREFIX, Problem, SETTINGS, Setting};

/// Where values may come from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The configuration file, if one is read.
    pub file: Option<PathBuf>,
    /// The environment: names and values. Only names that begin with
    /// [`PREFIX`] count.
    pub environment: Vec<(String, OsString)>,
    /// Keys and values from the command line.
    pub flags: Vec<(String, String)>,
}

impl Sources {
    /// The process's environment and, if it is there, [`FILE`] in the working
    /// directory.
    pub fn of_process() -> Self {
        let file = PathBuf::from(FILE);
        Self {
            file: file.exists().then_some(file),
            environment: std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
                .filter(|(name, _)| name.starts_with(PREFIX))
                .collect(),
            flags: Vec::new(),
        }
    }
}

/// A configuration and where its values came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The values.
    pub config: Config,
    /// For each setting, in the order of [`SETTINGS`], what holds.
    pub effective: Vec<Effective>,
}

/// What holds for one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    /// The setting's key.
    pub key: &'static str,
    /// Its value as far as it may be shown; empty where it has none.
    pub value: String,
    /// Where the value came from.
    pub origin: String,
}

/// The text of each setting and where it came from, on the way to a
/// [`Config`].
pub(super) struct Values {
    texts: BTreeMap<&'static str, (String, String)>,
    problems: Vec<Problem>,
}

impl Values {
    /// Reads a setting's value; what is wrong with it is kept, and `None`
    /// answered.
    pub(super) fn take<T: FromText>(&mut self, key: &'static str) -> Option<T> {
        let setting = SETTINGS
            .iter()
            .find(|setting| setting.key == key)
            .expect("declared by the same macro");
        // A setting without a text had a value of the wrong shape, which was named already.
        let (text, origin) = self.texts.get(key)?;
        let value = if setting.accepts(text) {
            T::from_text(text)
        } else {
            None
        };
        if value.is_none() {
            let shown = if setting.is_plain() {
                text.clone()
            } else {
                "(hidden)".to_owned()
            };
            self.problems
                .push(Problem::wrong(key, &shown, origin, &setting.kind.allowed()));
        }
        value
    }
}

impl Setting {
    /// Whether a wrong value may be repeated in an error message.
    fn is_plain(&self) -> bool {
        self.shown == super::Shown::Whole
    }
}

pub(super) fn load(sources: &Sources) -> Result<Loaded, ConfigError> {
    let mut problems = Vec::new();
    let mut figment = Figment::new();
    if let Some(path) = &sources.file {
        match file_layer(path, &mut problems) {
            Ok(layer) => figment = figment.merge(layer),
            Err(problem) => problems.push(problem),
        }
    }
    figment = figment
        .merge(environment_layer(&sources.environment, &mut problems))
        .merge(flags_layer(&sources.flags, &mut problems));

    let mut texts = BTreeMap::new();
    for setting in SETTINGS {
        match find(&figment, setting) {
            Ok(Some(found)) => {
                texts.insert(setting.key, found);
            }
            Ok(None) => {}
            Err(problem) => problems.push(problem),
        }
    }
    fill_defaults(&mut texts, &figment);

    let mut values = Values { texts, problems };
    let config = Config::read(&mut values);
    let Values {
        texts,
        mut problems,
    } = values;
    if let Some(config) = &config {
        problems.extend(config.contradictions());
    }
    match config {
        Some(config) if problems.is_empty() => Ok(Loaded {
            config,
            effective: effective(&texts),
        }),
        _ => Err(ConfigError { problems }),
    }
}

fn effective(texts: &BTreeMap<&'static str, (String, String)>) -> Vec<Effective> {
    SETTINGS
        .iter()
        .filter_map(|setting| {
            let (text, origin) = texts.get(setting.key)?;
            Some(Effective {
                key: setting.key,
                value: setting.show(text),
                origin: origin.clone(),
            })
        })
        .collect()
}

/// The defaults, some of which follow other settings.
fn fill_defaults(texts: &mut BTreeMap<&'static str, (String, String)>, figment: &Figment) {
    const DEFAULT: &str = "default";
    for setting in SETTINGS {
        // What is there in the wrong shape is an error, not a reason to take the default.
        if texts.contains_key(setting.key) || figment.contains(setting.key) {
            continue;
        }
        let is_demo = || texts.get("demo").is_some_and(|(text, _)| text == "true");
        let (text, origin) = if setting.key == "registration" && is_demo() {
            ("open".to_owned(), "default of a demonstration".to_owned())
        } else if setting.default.contains("{data_dir}") {
            let (directory, origin) = texts
                .get("data_dir")
                .map_or(("data", DEFAULT), |(text, origin)| (text, origin));
            let directory = directory.trim_end_matches('/');
            let origin = if origin == DEFAULT {
                DEFAULT.to_owned()
            } else {
                format!("follows data_dir, {origin}")
            };
            (setting.default.replace("{data_dir}", directory), origin)
        } else {
            (setting.default.to_owned(), DEFAULT.to_owned())
        };
        texts.insert(setting.key, (text, origin));
    }
}

/// A setting's text and where it came from; an error if something else than
/// a text, a number, a boolean or a list of these is in its place.
fn find(figment: &Figment, setting: &Setting) -> Result<Option<(String, String)>, Problem> {
    let Ok(value) = figment.find_value(setting.key) else {
        return Ok(None);
    };
    let origin = figment
        .get_metadata(value.tag())
        .map_or_else(String::new, |metadata| {
            metadata.interpolate(&Profile::Default, &[setting.key])
        });
    match text_of(&value) {
        Some(text) => Ok(Some((text, origin))),
        None => Err(Problem::wrong(
            setting.key,
            "a table",
            &origin,
            &setting.kind.allowed(),
        )),
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(_, text) => Some(text.clone()),
        Value::Bool(_, truth) => Some(truth.to_string()),
        Value::Num(_, number) => {
            let whole = number.to_i128().map(|number| number.to_string());
            whole
                .or_else(|| number.to_u128().map(|number| number.to_string()))
                .or_else(|| number.to_f64().map(|number| number.to_string()))
        }
        Value::Array(_, items) => {
            let texts: Option<Vec<_>> = items.iter().map(text_of).collect();
            texts.map(|texts| texts.join(","))
        }
        _ => None,
    }
}

/// One source's values under the settings' keys.
struct Layer {
    metadata: Metadata,
    values: Dict,
}

impl Layer {
    fn new(metadata: Metadata) -> Self {
        Self {
            metadata,
            values: Dict::new(),
        }
    }

    fn set(&mut self, key: &str, text: String) {
        match key.split_once('.') {
            None => {
                self.values.insert(key.to_owned(), Value::from(text));
            }
            Some((section, name)) => {
                let section = self
                    .values
                    .entry(section.to_owned())
                    .or_insert_with(|| Value::from(Dict::new()));
                if let Value::Dict(_, section) = section {
                    section.insert(name.to_owned(), Value::from(text));
                }
            }
        }
    }
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        self.metadata.clone()
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

/// What is wrong with a file, and in which line, without the line itself: it may
/// hold a secret. The parser draws it behind bars.
fn without_excerpt(message: &str) -> String {
    let drawn = |line: &str| {
        let number = line
            .trim_start()
            .trim_start_matches(|c: char| c.is_ascii_digit());
        number.trim_start().starts_with('|')
    };
    let lines: Vec<&str> = message.lines().filter(|line| !drawn(line)).collect();
    lines.join("\n")
}

fn file_layer(path: &Path, problems: &mut Vec<Problem>) -> Result<Layer, Problem> {
    let name = path.display().to_string();
    if let Err(error) = std::fs::metadata(path) {
        return Err(Problem::unreadable(&name, &error.to_string()));
    }
    let data = Toml::file_exact(path)
        .data()
        .map_err(|error| Problem::unreadable(&name, &without_excerpt(&error.to_string())))?;
    let values = data
        .into_iter()
        .find(|(profile, _)| *profile == Profile::Default)
        .map(|(_, dict)| dict);
    let values = values.unwrap_or_default();
    for name_in_file in names(&values) {
        if !SETTINGS.iter().any(|setting| setting.key == name_in_file) {
            let candidates = SETTINGS.iter().map(|setting| setting.key);
            problems.push(Problem::unknown(
                &name_in_file,
                &name,
                closest(&name_in_file, candidates),
            ));
        }
    }
    let metadata = Metadata::named(name.clone()).interpolater(move |_, _| name.clone());
    Ok(Layer { metadata, values })
}

/// The names of a file's values: `name`, or `section.name`.
fn names(values: &Dict) -> Vec<String> {
    let mut names = Vec::new();
    for (name, value) in values {
        match value {
            // A table where a value is expected is named when the value is read.
            Value::Dict(_, inner) if !SETTINGS.iter().any(|setting| setting.key == name) => {
                names.extend(inner.keys().map(|inner| format!("{name}.{inner}")));
            }
            _ => names.push(name.clone()),
        }
    }
    names
}

fn environment_layer(environment: &[(String, OsString)], problems: &mut Vec<Problem>) -> Layer {
    let mut layer = Layer::new(Metadata::named("environment").interpolater(|_, keys| {
        let key = keys.join(".");
        let setting = SETTINGS.iter().find(|setting| setting.key == key);
        setting.map_or(key, Setting::variable)
    }));
    let variables: Vec<_> = SETTINGS
        .iter()
        .map(|setting| (setting.variable(), setting))
        .collect();
    for (name, value) in environment {
        // The file's own name, and what only tests read, are no settings.
        if !name.starts_with(PREFIX)
            || name == "MUKALMA_CONFIG"
            || name.starts_with("MUKALMA_TEST_")
        {
            continue;
        }
        let Some((_, setting)) = variables.iter().find(|(variable, _)| variable == name) else {
            let candidates = variables.iter().map(|(variable, _)| variable.as_str());
            problems.push(Problem::unknown(
                name,
                "environment",
                closest(name, candidates),
            ));
            continue;
        };
        match value.to_str() {
            // What composes containers passes on variables that are not set as empty ones.
            Some("") => {}
            Some(text) => layer.set(setting.key, text.to_owned()),
            None => problems.push(Problem::unreadable(name, "its value is not valid UTF-8")),
        }
    }
    layer
}

fn flags_layer(flags: &[(String, String)], problems: &mut Vec<Problem>) -> Layer {
    let mut layer = Layer::new(Metadata::named("command line").interpolater(|_, keys| {
        let key = keys.join(".");
        let flag = SETTINGS
            .iter()
            .find(|setting| setting.key == key)
            .and_then(|setting| setting.flag);
        flag.map_or_else(|| format!("--set {key}"), str::to_owned)
    }));
    for (key, text) in flags {
        if SETTINGS.iter().any(|setting| setting.key == key) {
            layer.set(key, text.clone());
        } else {
            let candidates = SETTINGS.iter().map(|setting| setting.key);
            problems.push(Problem::unknown(
                key,
                "command line",
                closest(key, candidates),
            ));
        }
    }
    layer
}
