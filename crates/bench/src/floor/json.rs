//! Rows straight to JSON bytes, without a value in between.

use uuid::Uuid;

/// The bytes of one JSON text in the making.
#[derive(Debug)]
pub(super) struct Json(Vec<u8>);

impl Json {
    /// Room for a page.
    pub(super) fn new() -> Self {
        Self(Vec::with_capacity(8 * 1024))
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Punctuation and names, as they are.
    pub(super) fn raw(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    /// A comma, except before the first of a list.
    pub(super) fn comma(&mut self, at: usize) {
        if at > 0 {
            self.0.push(b',');
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        serde_json::to_writer(&mut self.0, text).expect("a Vec takes all bytes");
    }

    pub(super) fn maybe(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.raw("null"),
        }
    }

    pub(super) fn number(&mut self, number: i64) {
        serde_json::to_writer(&mut self.0, &number).expect("a Vec takes all bytes");
    }

    pub(super) fn id(&mut self, id: Uuid) {
        let mut buffer = Uuid::encode_buffer();
        self.0.push(b'"');
        self.0
            .extend_from_slice(id.hyphenated().encode_lower(&mut buffer).as_bytes());
        self.0.push(b'"');
    }
}

/// Writes `{"id":…,"title":…}` in one go: a key and a writer's method each.
macro_rules! object {
    ($json:expr, { $($key:literal: $method:ident($value:expr)),+ $(,)? }) => {{
        let mut _separator = "{\"";
        $(
            $json.raw(_separator);
            $json.raw(concat!($key, "\":"));
            $json.$method($value);
            _separator = ",\"";
        )+
        $json.raw("}");
    }};
}

pub(super) use object;
