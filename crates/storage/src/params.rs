//! What a statement carries beside its text.

use chrono::{DateTime, Utc};
use domain::moderation::Subject;
use sea_orm::Value;
use sea_orm::sea_query::ArrayType;
use uuid::Uuid;

use crate::store::Backend;

/// So many rows are sent one by one. Of more, PostgreSQL is sent an array for
/// each column: a text for each number would be prepared for that one use.
const FEW: usize = 4;

/// The values of a statement's parameters, in order.
#[derive(Debug, Clone)]
pub(crate) struct Params {
    pub(crate) backend: Backend,
    pub(crate) values: Vec<Value>,
}

impl Params {
    /// Adds a value.
    pub(crate) fn with(mut self, value: impl IntoParam) -> Self {
        self.values.push(value.into_param());
        self
    }

    /// Adds a value and gives its place in the text: `$3`.
    pub(crate) fn push(&mut self, value: impl IntoParam) -> String {
        self.values.push(value.into_param());
        format!("${}", self.values.len())
    }

    /// Adds a value that is one already and gives its place in the text.
    pub(crate) fn push_value(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    /// Adds what something is about and gives the condition that a row of `table` is
    /// about it: about a thread's own text, or a post wherever it was moved.
    pub(crate) fn about(&mut self, table: &str, subject: Subject) -> String {
        let place = self.push(Uuid::from(subject));
        match subject {
            Subject::Thread(_) => format!("{table}.post IS NULL AND {table}.thread = {place}"),
            Subject::Post(_) => format!("{table}.post = {place}"),
        }
    }

    /// Adds a set of ids as one parameter and gives the condition that
    /// `column` is among them. The text is the same for every size.
    pub(crate) fn among<T: Copy + Into<Uuid>>(&mut self, column: &str, ids: &[T]) -> String {
        if let [one] = ids {
            let place = self.push((*one).into());
            return format!("{column} = {place}");
        }
        match self.backend {
            Backend::Postgres => {
                let ids: Vec<Uuid> = ids.iter().map(|id| (*id).into()).collect();
                self.values.push(ids.into());
                format!("{column} = ANY(${})", self.values.len())
            }
            Backend::Sqlite => {
                let mut json = String::with_capacity(ids.len() * 35 + 2);
                json.push('[');
                for (n, id) in ids.iter().enumerate() {
                    let separator = if n == 0 { "\"" } else { ",\"" };
                    json.push_str(separator);
                    let id: Uuid = (*id).into();
                    json.push_str(&id.simple().to_string());
                    json.push('"');
                }
                json.push(']');
                let place = self.push(json);
                format!("{column} IN (SELECT unhex(value) FROM json_each({place}))")
            }
        }
    }

    /// Adds rows and gives the query that selects them; their columns are
    /// named `column1`, `column2`, and so on. On PostgreSQL, the text is the
    /// same for every number beyond a few.
    pub(crate) fn rows<const N: usize>(
        &mut self,
        kinds: [ArrayType; N],
        rows: Vec<[Value; N]>,
    ) -> String {
        if self.backend == Backend::Sqlite || rows.len() <= FEW {
            let rows: Vec<String> = rows
                .into_iter()
                .map(|row| format!("({})", row.map(|value| self.push_value(value)).join(", ")))
                .collect();
            return format!("VALUES {}", rows.join(", "));
        }
        let mut columns: [Vec<Value>; N] = std::array::from_fn(|_| Vec::with_capacity(rows.len()));
        for row in rows {
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value);
            }
        }
        let mut arrays = Vec::with_capacity(N);
        let mut names = Vec::with_capacity(N);
        for (column, kind) in columns.into_iter().zip(kinds) {
            let array = Value::Array(kind, Some(Box::new(column)));
            arrays.push(self.push_value(array));
            names.push(format!("column{}", arrays.len()));
        }
        let (arrays, names) = (arrays.join(", "), names.join(", "));
        format!("SELECT * FROM unnest({arrays}) AS new ({names})")
    }

    /// Adds a set of codes as one parameter and gives the condition that
    /// `column` is among them.
    pub(crate) fn among_codes(&mut self, column: &str, codes: &[String]) -> String {
        match self.backend {
            Backend::Postgres => {
                self.values.push(codes.to_vec().into());
                format!("{column} = ANY(${})", self.values.len())
            }
            Backend::Sqlite => {
                let json = serde_json::Value::from(codes.to_vec()).to_string();
                let place = self.push(json);
                format!("{column} IN (SELECT value FROM json_each({place}))")
            }
        }
    }
}

/// A value that a statement can carry.
pub(crate) trait IntoParam {
    fn into_param(self) -> Value;
}

macro_rules! into_param {
    ($($ty:ty),+) => {
        $(impl IntoParam for $ty {
            fn into_param(self) -> Value { self.into() }
        }
        impl IntoParam for Option<$ty> {
            fn into_param(self) -> Value { self.into() }
        })+
    };
}
into_param!(Uuid, i64, bool, String, &str, Vec<u8>);

macro_rules! ids_into_param {
    ($($ty:ident),+) => {
        $(impl IntoParam for domain::id::$ty {
            fn into_param(self) -> Value { self.0.into() }
        }
        impl IntoParam for Option<domain::id::$ty> {
            fn into_param(self) -> Value { self.map(|id| id.0).into() }
        })+
    };
}
ids_into_param!(
    AccountId,
    SessionId,
    PersonaId,
    OrganizationId,
    AgencyId,
    OfficeId,
    CircleId,
    ThreadId,
    PostId,
    ResponseId,
    DraftId,
    RetaliationId,
    ReviewableId,
    ModlogId,
    AppealId,
    DemandId,
    SanctionId,
    VerdictId,
    MoveId,
    CommitmentId,
    LetterId,
    TemplateId,
    ClockRuleId,
    InvitationId,
    DocumentId,
    ClientId,
    ConsentId,
    WebhookId,
    MessageId
);

impl IntoParam for DateTime<Utc> {
    fn into_param(self) -> Value {
        self.timestamp_micros().into()
    }
}

impl IntoParam for Option<DateTime<Utc>> {
    fn into_param(self) -> Value {
        self.map(|at| at.timestamp_micros()).into()
    }
}

impl IntoParam for chrono::NaiveDate {
    fn into_param(self) -> Value {
        self.to_string().into()
    }
}

impl IntoParam for Option<chrono::NaiveDate> {
    fn into_param(self) -> Value {
        self.map(|day| day.to_string()).into()
    }
}
