//! What goes together in one person.

use super::cast::{ASSIGNED, OVERSIGHT};
use super::*;

#[test]
fn an_official_holds_an_office_and_no_duty_others_the_other_way_around() {
    for constituency in Constituency::ALL {
        let official = *constituency == Constituency::Official;
        let office = may_hold_office(*constituency, &[], ASSIGNED);
        assert_eq!(office.is_ok(), official);
        for duty in Duty::ALL {
            assert_eq!(may_hold(*constituency, &[], *duty).is_ok(), !official);
        }
        assert_eq!(may_join_circle(*constituency, true).is_ok(), !official);
    }
    let waits = may_join_circle(Constituency::Youth, false);
    assert_eq!(waits, Err(Denial::NotVouched));
}

#[test]
fn a_custodian_is_no_administrator() {
    let conflict = Err(DutyConflict::CustodianAndAdministrator);
    let may = |held, more| may_hold(Constituency::Expert, &[held], more);
    assert_eq!(may(Duty::Custodian, Duty::Administrator), conflict);
    assert_eq!(may(Duty::Administrator, Duty::Custodian), conflict);
    assert_eq!(may(Duty::Moderator, Duty::Custodian), Ok(()));
}

#[test]
fn nobody_holds_offices_of_two_agencies() {
    let may = |held: &[_]| may_hold_office(Constituency::Official, held, ASSIGNED);
    assert_eq!(may(&[ASSIGNED]), Ok(()));
    assert_eq!(may(&[OVERSIGHT]), Err(OfficeConflict::AnotherAgency));
}

#[test]
fn an_invitation_puts_officials_into_offices_and_others_into_organizations() {
    use Constituency::{Expert, Official};
    use InvitationConflict::{Office, Organization};
    let conflicts = |constituency, office, organization| {
        let grant = Grant {
            constituency,
            office,
            organization,
        };
        grant.conflicts()
    };
    assert_eq!(conflicts(None, false, true), []);
    assert_eq!(conflicts(None, true, false), []);
    assert_eq!(conflicts(Some(Official), true, false), []);
    assert_eq!(conflicts(Some(Official), false, false), [Office]);
    assert_eq!(conflicts(Some(Expert), true, true), [Office]);
    assert_eq!(conflicts(None, true, true), [Organization]);
}

#[test]
fn an_invitation_is_for_the_constituency_it_vouches_for() {
    let grant = |constituency, office| Grant {
        constituency,
        office,
        organization: false,
    };
    for named in Constituency::ALL {
        assert!(grant(None, false).is_for(*named));
        let youth = grant(Some(Constituency::Youth), false);
        assert_eq!(youth.is_for(*named), *named == Constituency::Youth);
        let desk = grant(None, true);
        assert_eq!(desk.is_for(*named), *named == Constituency::Official);
    }
}
