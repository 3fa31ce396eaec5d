use super::*;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a moment")
}

fn terms(
    kind: SanctionKind,
    reach: Option<SanctionReach>,
    hours: Option<i64>,
) -> Result<Terms, Vec<TermsError>> {
    let until = hours.map(|hours| now() + Duration::hours(hours));
    Terms::of(kind, reach, until, now(), 90)
}

#[test]
fn a_warning_has_neither_scope_nor_end_and_a_ban_is_of_everything_for_ever() {
    assert_eq!(terms(SanctionKind::Warn, None, None), Ok(Terms::Warn));
    for reach in [None, Some(SanctionReach::Everything)] {
        assert_eq!(terms(SanctionKind::Ban, reach, None), Ok(Terms::Ban));
    }
    let thread = Some(SanctionReach::Thread);
    assert_eq!(
        terms(SanctionKind::Warn, thread, Some(5)),
        Err(vec![TermsError::ScopeGiven, TermsError::EndGiven])
    );
    assert_eq!(
        terms(SanctionKind::Ban, thread, Some(5)),
        Err(vec![TermsError::Narrow, TermsError::EndGiven])
    );
}

#[test]
fn a_silence_and_a_suspension_last_an_hour_to_ninety_days() {
    let last = now() + Duration::days(90);
    for kind in [SanctionKind::Silence, SanctionKind::Suspend] {
        for reach in SanctionReach::ALL {
            for hours in [1, 90 * 24] {
                let made = terms(kind, Some(*reach), Some(hours)).expect("it fits");
                assert_eq!((made.kind(), made.reach()), (kind, Some(*reach)));
                assert_eq!(made.until(), Some(now() + Duration::hours(hours)));
            }
        }
        let reach = Some(SanctionReach::Everything);
        for hours in [None, Some(0), Some(-5)] {
            let short = Err(vec![TermsError::EndMissing]);
            assert_eq!(terms(kind, reach, hours), short);
        }
        let long = Err(vec![TermsError::TooLong(last)]);
        assert_eq!(terms(kind, reach, Some(90 * 24 + 1)), long);
        let nothing = vec![TermsError::EndMissing, TermsError::ScopeMissing];
        assert_eq!(terms(kind, None, None), Err(nothing));
    }
}

#[test]
fn a_sanction_holds_where_it_says_and_nowhere_else() {
    let (here, there) = (
        ThreadId(uuid::Uuid::from_u128(1)),
        ThreadId(uuid::Uuid::from_u128(2)),
    );
    let of = |suspends, scope| Sanctions {
        standing: vec![Curb { suspends, scope }],
        lost: Vec::new(),
    };
    let thread = of(false, SanctionScope::Thread(here));
    assert!(thread.silence_in(Some(here), None));
    assert!(!thread.silence_in(Some(there), Some("DRG")) && !thread.silence());
    let codes = vec!["DRG".to_owned(), "DRG_USE".to_owned()];
    let category = of(true, SanctionScope::Category(codes));
    assert!(category.silence_in(Some(there), Some("DRG_USE")));
    assert!(!category.silence_in(Some(there), Some("TIP")) && !category.silence());
    assert!(!category.silence_in(Some(there), None) && !category.bar());
    assert!(category.ask_for_category() && !thread.ask_for_category());
    let silence = of(false, SanctionScope::Everything);
    assert!(silence.silence() && !silence.bar());
    assert!(of(true, SanctionScope::Everything).bar());
    assert_eq!(Sanctions::default().suspensions().count(), 0);
}
