//! Every problem is said, and in both languages.

use chrono::NaiveDate;
use domain::concern::{Concern, Move};

use super::*;

fn problems() -> Vec<Problem> {
    let day = NaiveDate::from_ymd_opt(2026, 3, 23).unwrap();
    let at = day.and_hms_opt(8, 0, 0).unwrap().and_utc();
    let illegal = Concern::submitted().apply(Move::Answer, at).unwrap_err();
    vec![
        Problem::Text(TextError::Empty),
        Problem::Text(TextError::TooShort { min: 3 }),
        Problem::Text(TextError::TooLong { max: 60 }),
        Problem::Text(TextError::Direction),
        Problem::Text(TextError::Form),
        Problem::Unknown(CATEGORIES),
        Problem::UnknownPlaceholder {
            name: "raiser".to_owned(),
        },
        Problem::Invalid("a reason is needed"),
        Problem::NotFound,
        Problem::Denied(Denial::SignInRequired),
        Problem::Denied(Denial::DutyRequired),
        Problem::Denied(Denial::OwnAct),
        Problem::Denied(Denial::Locked),
        Problem::IllegalMove(illegal),
        Problem::IdempotencyKeyReused,
        Problem::Taken,
        Problem::AboutRequired,
        Problem::Outcome(OutcomeError::Past {
            date: day,
            today: day,
        }),
        Problem::NotAhead(day),
        Problem::TooFar(day),
        Problem::IllegalAct(IllegalAct {
            state: CommitmentState::Lapsed,
            legal: vec![domain::commitment::CommitmentAct::Withdraw],
        }),
        Problem::IllegalAct(IllegalAct {
            state: CommitmentState::Kept,
            legal: Vec::new(),
        }),
        Problem::Denied(Denial::AgencyDoesNotAnswer),
        Problem::Duties(DutyConflict::Official),
        Problem::SignInFailed,
        Problem::WeakPassword { min: 10 },
        Problem::BadCode,
        Problem::RegistrationClosed,
        Problem::Document("It has no operation.".to_owned()),
        Problem::ReferredTooOften { max: 3 },
        Problem::SecondOfficerRequired,
        Problem::TooMany { max: 5 },
        Problem::Duplicate,
        Problem::TooManyLinks { max: 1 },
        Problem::Paced {
            max: 10,
            hours: 1,
            minutes: 12,
        },
        Problem::Changed,
        Problem::BadSpan {
            index: 1,
            why: domain::moderation::StrikeError::Overlap,
        },
        Problem::TooSoon { seconds: 9 },
        Problem::AlreadyAppealed,
        Problem::AlreadyFlagged,
        Problem::AlreadyProposed,
        Problem::PersonalInformation(Vec::new()),
        Problem::AlreadyDecided("AGREE"),
        Problem::Unfit(domain::moderation::ModAct::Remove),
        Problem::Denied(Denial::OwnOrganization),
        Problem::Denied(Denial::Suspended),
        Problem::Denied(Denial::SameConstituency),
        Problem::Denied(Denial::ProposerUnfit),
    ]
}

#[test]
fn every_code_is_of_some_problem() {
    let problems = problems();
    for code in UserErrorCode::ALL {
        assert!(
            problems.iter().any(|one| one.kind() == *code),
            "{}",
            code.code()
        );
    }
}

#[test]
fn every_problem_is_said_in_both_languages() {
    for problem in problems() {
        let english = problem.message(Language::En);
        assert!(english.ends_with('.') && english.is_ascii(), "{english}");
        let urdu = problem.message(Language::Ur);
        assert!(urdu.ends_with('۔'), "{urdu}");
    }
}

#[test]
fn an_illegal_move_names_the_legal_ones() {
    let at = NaiveDate::from_ymd_opt(2026, 3, 23)
        .unwrap()
        .and_hms_opt(8, 0, 0)
        .unwrap();
    let illegal = Concern::submitted()
        .apply(Move::Answer, at.and_utc())
        .unwrap_err();
    let problem = Problem::IllegalMove(illegal);
    for language in Language::ALL {
        let message = problem.message(*language);
        assert!(message.contains("RELEASE, RETURN, WITHDRAW"), "{message}");
    }
}
