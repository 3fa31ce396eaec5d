//! A corpus of hostile requests, made the same every time. Every one must be
//! refused, and no resolver may run: `tests` beside this asks it of the guard,
//! the forum's tests of a server, and `bench hostile` how long it takes.

use serde_json::{Value, json};

/// A hostile request.
#[derive(Debug)]
pub struct Hostile {
    /// The kind of attack.
    pub family: &'static str,
    /// Its number in the corpus.
    pub number: usize,
    /// The body of a POST.
    pub body: String,
}

/// What the corpus's words are in another schema, replaced one after the other.
pub type Words = &'static [(&'static str, &'static str)];

/// In the forum's schema.
pub const FORUM: Words = &[
    ("thread {", "thread(id: \"VA\") {"),
    ("nodes { threads(", "nodes { posts("),
    ("search(filter:", "threads(filter:"),
    ("$v: Filter!", "$v: ThreadFilter!"),
    ("kind: POLL", "kind: QUESTION"),
    ("add(text: ", "addPost(input: "),
];

struct Corpus {
    words: Words,
    made: Vec<Hostile>,
}

impl Corpus {
    /// The query in the schema's own words.
    fn said(&self, query: String) -> String {
        let own = |query: String, (word, own): &(&str, &str)| query.replace(word, own);
        self.words.iter().fold(query, own)
    }

    fn query(&mut self, family: &'static str, query: impl Into<String>) {
        let query = self.said(query.into());
        self.body(family, &json!({ "query": query }));
    }

    fn variables(&mut self, family: &'static str, query: &str, value: Value) {
        let query = self.said(query.to_owned());
        let variables = json!({"v": value});
        self.body(family, &json!({"query": query, "variables": variables}));
    }

    fn body(&mut self, family: &'static str, body: &Value) {
        let (number, body) = (self.made.len(), body.to_string());
        self.made.push(Hostile {
            family,
            number,
            body,
        });
    }
}

/// The body of a fragment on `Thread` inside `levels` of something.
fn wrapped(levels: usize, open: &str, inner: &str) -> String {
    format!(
        "{}{inner}{}",
        format!("{open} {{ ").repeat(levels),
        " }".repeat(levels)
    )
}

fn fragments(corpus: &mut Corpus) {
    for fan in 2..=6_usize {
        for length in 13..=40 {
            let mut text = String::from("{ thread { ...F0 } }");
            for at in 0..length {
                let spreads = format!("...F{} ", at + 1).repeat(fan);
                say(
                    &mut text,
                    format_args!("fragment F{at} on Thread {{ {spreads} }}"),
                );
            }
            say(
                &mut text,
                format_args!("fragment F{length} on Thread {{ title }}"),
            );
            corpus.query("fragment chain", text);
        }
    }
    for length in 1..=30 {
        for through in [
            "",
            "related { ",
            "... on Thread { ",
            "... @include(if: true) { ",
        ] {
            let close = if through.is_empty() { "" } else { "}" };
            let mut text = String::from("{ thread { ...F0 } }");
            for at in 0..length {
                let next = (at + 1) % length;
                say(
                    &mut text,
                    format_args!("fragment F{at} on Thread {{ {through}...F{next} {close} }}"),
                );
            }
            corpus.query("fragment cycle", text);
        }
    }
    for count in (60..=160).step_by(4) {
        let mut operations = String::new();
        for at in 0..count / 4 {
            say(
                &mut operations,
                format_args!("query Q{at} {{ thread {{ ...F ...F ...F }} }}"),
            );
        }
        let fields = "title ".repeat(count);
        corpus.query(
            "fragment wide",
            format!("{operations} fragment F on Thread {{ {fields} }}"),
        );
    }
}

fn counts(corpus: &mut Corpus) {
    for count in (16..=300).step_by(4) {
        let many = |item: &dyn Fn(usize) -> String| (0..count).map(item).collect::<String>();
        let aliases = many(&|at| format!("a{at}: title "));
        corpus.query("alias", format!("{{ thread {{ {aliases} }} }}"));
        let roots = many(&|at| format!("a{at}: thread {{ title }} "));
        corpus.query("alias of roots", format!("{{ {roots} }}"));
        corpus.query("root", format!("{{ {} }}", "__typename ".repeat(count)));
        let spreads = "...F ".repeat(count);
        corpus.query(
            "alias in a fragment",
            format!("{{ thread {{ {spreads} }} }} fragment F on Thread {{ a: title }}"),
        );
        let directives = "@include(if: true) ".repeat(count + 40);
        corpus.query(
            "directive",
            format!("{{ thread {{ title {directives} }} }}"),
        );
        corpus.query(
            "directive of the operation",
            format!("query {directives} {{ __typename }}"),
        );
        corpus.query(
            "unknown directive",
            format!("{{ thread {{ title {} }} }}", "@a".repeat(count + 40)),
        );
    }
}

fn depths(corpus: &mut Corpus) {
    for levels in 10..=120 {
        corpus.query(
            "depth",
            format!("{{ thread {{ {} }} }}", wrapped(levels, "related", "title")),
        );
        let inline = wrapped(levels + 32, "... on Thread", "title");
        corpus.query("inline depth", format!("{{ thread {{ {inline} }} }}"));
        let of = wrapped(levels + 5, "ofType", "name");
        corpus.query(
            "introspection depth",
            format!("{{ __type(name: \"Thread\") {{ {of} }} }}"),
        );
        let fields = wrapped(levels, "fields { type", "name") + &" }".repeat(levels);
        corpus.query(
            "introspection lists",
            format!("{{ __schema {{ types {{ {fields} }} }} }}"),
        );
        let object = format!(
            "{}1{}",
            "{both: ".repeat(levels + 1),
            "}".repeat(levels + 1)
        );
        corpus.query("deep literal", format!("{{ search(filter: {object}) }}"));
        let list = format!("{}1{}", "[".repeat(levels + 1), "]".repeat(levels + 1));
        corpus.query("deep list", format!("{{ nodes(ids: {list}) {{ title }} }}"));
        corpus.query("brackets", "{".repeat(levels * 8));
        corpus.query(
            "deep type",
            format!(
                "query($a: {}Int{}) {{ __typename }}",
                "[".repeat(levels + 32),
                "]".repeat(levels + 32)
            ),
        );
    }
}

fn lists(corpus: &mut Corpus) {
    for count in (101..=1_000).step_by(60) {
        corpus.query(
            "long page",
            format!("{{ threads(first: {count}) {{ totalCount }} }}"),
        );
        corpus.query(
            "last page",
            format!("{{ threads(first: 1, last: {count}) {{ totalCount }} }}"),
        );
        let ids = "1 ".repeat(count);
        corpus.query(
            "long list",
            format!("{{ nodes(ids: [{ids}]) {{ title }} }}"),
        );
        corpus.variables(
            "long page by a variable",
            "query($v: Int) { threads(first: $v) { totalCount } }",
            json!(count),
        );
        corpus.variables(
            "long list by a variable",
            "query($v: [ID!]!) { nodes(ids: $v) { title } }",
            json!(vec!["a"; count]),
        );
    }
    for size in (32..=100).step_by(4) {
        corpus.query("pages of pages", format!(
            "{{ threads(first: {size}) {{ nodes {{ threads(first: {size}) {{ nodes {{ title }} }} }} }} }}"));
        corpus.variables("pages of pages by a variable",
            "query($v: Int) { threads(first: $v) { nodes { threads(last: $v) { nodes { title } } } } }",
            json!(size));
    }
    for roots in 2..=10 {
        let search = "search(filter: {kind: POLL}) ".repeat(roots - 1);
        corpus.query(
            "costly roots",
            format!(
                "{{ threads(first: 100) {{ nodes {{
            related {{ title }} }} }} {search} }}"
            ),
        );
    }
}

fn texts(corpus: &mut Corpus) {
    for size in 1..=40_usize {
        let bytes = 16 * 1024 + size * size * 64;
        corpus.query(
            "long comment",
            format!("{{ __typename }}#{}", "x".repeat(bytes)),
        );
        let text = "\u{6CC}".repeat(bytes / 2);
        corpus.query(
            "long string",
            format!("mutation {{ add(text: \"{text}\") }}"),
        );
        corpus.query(
            "long block",
            format!("mutation {{ add(text: \"\"\"{text}\"\"\") }}"),
        );
        corpus.query(
            "white space",
            format!("{{ __typename {} }}", " ".repeat(bytes)),
        );
        corpus.query(
            "tokens",
            format!("{{ thread {{ {} }} }}", "title,".repeat(1_000 + size)),
        );
        corpus.query("punctuation", "!".repeat(1_000 + size));
        corpus.query(
            "numbers",
            format!(
                "{{ thread(id: {}) {{ title }} }}",
                "9".repeat(1_000 * size) + "x"
            ),
        );
        corpus.query(
            "open string",
            format!("{{ thread(id: \"{}", "\\\"".repeat(100 * size)),
        );
        corpus.query(
            "control",
            format!("{{ __typename \u{0} {} }}", "\u{7}".repeat(size)),
        );
    }
}

fn bodies(corpus: &mut Corpus) {
    let one = json!({"query": "{ thread { title } }"});
    for count in 1..=40 {
        corpus.body("batch", &json!(vec![one.clone(); count]));
    }
    let filter = "query($v: Filter!) { search(filter: $v) }";
    for levels in 10..=100 {
        let mut value = json!({"kind": "POLL"});
        let mut unknown = json!(1);
        for _ in 0..levels {
            value = json!({"kind": "POLL", "both": [value]});
            unknown = json!([unknown]);
        }
        if levels <= 50 {
            corpus.variables("deep variable", filter, value);
        }
        corpus.variables("deep list in a variable", filter, unknown);
    }
    for size in 1..=30 {
        let text = "x".repeat(256 * 1024 + size * 1_000);
        corpus.variables(
            "huge string",
            "mutation($v: String!) { add(text: $v) }",
            json!(text),
        );
        let texts = vec!["x".repeat(1_000 * size + 2_700); 100];
        corpus.variables(
            "huge list",
            "query($v: [ID!]!) { nodes(ids: $v) { title } }",
            json!(texts),
        );
    }
}

fn say(text: &mut String, more: std::fmt::Arguments<'_>) {
    use std::fmt::Write as _;
    text.write_fmt(more).expect("a text takes more");
}

/// More than 2,000 hostile requests, in these words.
pub fn corpus(words: Words) -> Vec<Hostile> {
    let made = Vec::new();
    let mut corpus = Corpus { words, made };
    fragments(&mut corpus);
    counts(&mut corpus);
    depths(&mut corpus);
    lists(&mut corpus);
    texts(&mut corpus);
    bodies(&mut corpus);
    corpus.made
}
