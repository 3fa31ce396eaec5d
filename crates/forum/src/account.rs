//! People: how they come in, how they sign in, and what they are trusted
//! with.
//!
//! A change of an account is told on the `access` stream, a change of a body
//! on the `directory` stream. Whoever hears of an account calls
//! [`Forum::forget_account`](crate::Forum::forget_account), so that no right
//! outlives its loss.

mod agencies;
pub(crate) mod change;
mod deletion;
mod duties;
mod email;
mod erasure;
pub mod export;
mod invitations;
mod limits;
mod organizations;
mod partner;
mod password;
mod recovery;
mod reference;
mod registration;
mod secret;
mod session;
mod setup;
mod sign_in;
mod view;
mod vouching;

#[cfg(test)]
mod tests;

pub(crate) use change::{Reached, access_changed};
pub(crate) use erasure::ERASE;
pub(crate) use session::viewer;

pub use agencies::{AppointHolder, CreateOffice, DecideAgency, Handover};
pub use deletion::{DeleteAccount, Said, staying};
pub use duties::SetDuty;
pub use invitations::{CreateInvitation, InvitationCode};
pub use limits::AddressKey;
pub use organizations::{DecideAccreditation, DecideMembership};
pub use partner::{
    Asked, Authorization, AuthorizationRequest, ClientSecret, CreateClient, Credentials,
    GivenToken, TokenRefusal, UsedCode, WantedToken,
};
pub use password::{ChangePassword, is_strong};
pub use recovery::ResetPassword;
pub use reference::{AgencyEntry, ReferenceData};
pub use registration::{RegisterAccount, Registered};
pub use setup::InstallAccount;
pub use sign_in::{SignIn, Signed};
pub use storage::account::{Holder, NewHoliday as HolidayEntry, Session};
pub use storage::partner::{Client, Consent};
pub use view::{AccountView, SeenMember};
pub use vouching::{CreateCircle, Vouch};

use crate::ports::Clock;
use crate::posting::Pace;
use crate::settings::Settings;
use crate::thread::Views;

/// What the forum keeps at hand for its people.
pub struct People {
    hasher: password::Hasher,
    sessions: session::Kept,
    limits: limits::Limits,
    pub(crate) views: Views,
    pub(crate) pace: Pace,
}

impl People {
    /// Nobody known yet.
    pub(crate) fn new(settings: &Settings, clock: &dyn Clock) -> Self {
        Self {
            hasher: password::Hasher::new(settings, clock),
            sessions: session::Kept::new(),
            limits: limits::Limits::new(settings, clock.now()),
            views: Views::new(),
            pace: Pace::new(),
        }
    }
}
