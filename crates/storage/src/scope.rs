//! The second interpreter of what an actor may see: to SQL.
//!
//! Conditions speak of the thread as `t` and of the post as `p`. Every
//! condition on a column that may be NULL is written so that it is false and
//! never NULL; a property test holds this equal to `Scope::holds`.

use domain::policy::Scope;

use crate::params::Params;

/// That any moderator is wanted in a thread: nobody else can go on with it, or
/// something of it waits in their queue.
pub(crate) const WANTS_MODERATOR: &str = "(t.wants_moderator OR t.wanted_by_queue)";

/// Compiles a predicate; its values become parameters.
pub(crate) fn compile(scope: &Scope, params: &mut Params) -> String {
    match scope {
        Scope::All(parts) => join(parts, " AND ", "1 = 1", params),
        Scope::Any(parts) => join(parts, " OR ", "1 = 0", params),
        Scope::Not(part) => format!("NOT ({})", compile(part, params)),
        Scope::AudienceIn(set) => literals("t.audience", set.iter().map(|one| one.code())),
        Scope::StatusIn(set) => literals("t.status", set.iter().map(|one| one.code())),
        Scope::RaisedBy(set) => params.among("t.persona", set),
        Scope::JoinedBy(set) => format!(
            "EXISTS (SELECT 1 FROM participant j WHERE j.thread = t.id AND {})",
            params.among("j.persona", set),
        ),
        // Few stepped back from anything: they are looked up once, and not for
        // each thread.
        Scope::RecusedBy(set) => format!(
            "t.id IN (SELECT j.thread FROM recusal j WHERE {})",
            params.among("j.persona", set),
        ),
        Scope::FrozenFor(agency) => format!(
            "t.id IN (SELECT j.thread FROM retaliation j WHERE {} AND j.lifted_at IS NULL)",
            params.among("j.agency", &[*agency]),
        ),
        Scope::ClaimedBy(set) => present("t.claimed_by", &params.among("t.claimed_by", set)),
        Scope::WantsModerator => WANTS_MODERATOR.to_owned(),
        Scope::InCircle(set) => present("t.circle", &params.among("t.circle", set)),
        Scope::AssignedTo(set) => {
            present("t.assigned_office", &params.among("t.assigned_office", set))
        }
        Scope::OverseenBy(agency) => format!(
            "({} OR t.id IN (SELECT j.thread FROM retaliation j \
             WHERE j.oversight IS NOT NULL AND {}))",
            present(
                "t.oversight_agency",
                &params.among("t.oversight_agency", &[*agency]),
            ),
            params.among("j.oversight", &[*agency]),
        ),
        Scope::About(agency) => present(
            "t.about_agency",
            &params.among("t.about_agency", &[*agency]),
        ),
        Scope::AboutOffice(set) => present("t.about_office", &params.among("t.about_office", set)),
        Scope::Among(set) => params.among("t.id", set),
        Scope::FiledUnder(set) => present("t.category", &params.among_codes("t.category", set)),
        Scope::PostStatusIn(set) => literals("p.status", set.iter().map(|one| one.code())),
        Scope::PostedBy(set) => params.among("p.persona", set),
    }
}

fn join(parts: &[Scope], with: &str, empty: &str, params: &mut Params) -> String {
    if parts.is_empty() {
        return empty.to_owned();
    }
    let parts: Vec<String> = parts.iter().map(|part| compile(part, params)).collect();
    format!("({})", parts.join(with))
}

fn present(column: &str, condition: &str) -> String {
    format!("({column} IS NOT NULL AND {condition})")
}

/// Codes are constants of the program and stand in the text, where the
/// planner sees them.
pub(crate) fn literals(column: &str, codes: impl Iterator<Item = &'static str>) -> String {
    let codes: Vec<String> = codes.map(|code| format!("'{code}'")).collect();
    if codes.is_empty() {
        return "1 = 0".to_owned();
    }
    format!("{column} IN ({})", codes.join(", "))
}
