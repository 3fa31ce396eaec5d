//! What is told to whoever starts the server.

use std::net::SocketAddr;

use crate::demo;

/// What is told to whoever starts the server.
pub enum Welcome {
    /// Nothing new.
    Back,
    /// A demonstration.
    Demonstration {
        /// The password of its accounts, where it is known here.
        password: Option<String>,
    },
    /// A new forum.
    SetUp {
        /// The token of the link that makes its administrator.
        token: String,
        /// Where it is reached from outside, where that is configured.
        public: Option<String>,
    },
}

/// Hides the password and the token.
impl std::fmt::Debug for Welcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Back => "Back",
            Self::Demonstration { .. } => "Demonstration",
            Self::SetUp { .. } => "SetUp",
        })
    }
}

impl Welcome {
    /// The page that is printed once the server listens.
    pub fn page(&self, address: SocketAddr) -> String {
        let base = format!("http://{address}");
        let addresses = format!(
            "\nMukalma listens on {base}\n\n  GraphQL     {base}/graphql      (open it in a browser to explore)\n  \
             websocket   ws://{address}/graphql/ws\n  events      {base}/graphql/stream\n  health      {base}/livez  {base}/readyz\n",
        );
        match self {
            Self::Back => addresses,
            Self::SetUp { token, public } => {
                let base = public.as_deref().unwrap_or(&base);
                format!(
                    "{addresses}\nThere is no administrator yet. This link makes the first one, once, \
                     within a day:\n\n  {base}/setup#{token}\n\n\
                     or, in GraphQL:\n\n  mutation {{ setUp(input: {{token: \"{token}\", login: \"…\", \
                     displayName: \"…\", password: \"…\"}}) {{ userErrors {{ message }} }} }}\n\n",
                )
            }
            Self::Demonstration { password } => {
                let password = password.as_deref().map_or_else(
                    || {
                        "the one of its first start, which is not known here; \
                         `mukalma admin reset-password` sets another"
                            .to_owned()
                    },
                    str::to_owned,
                );
                format!(
                    "{addresses}\nThis is a demonstration. Its accounts:\n\n{}\n  password    {password}\n\n\
                     A query to paste:\n\n  {{ threads(first: 3) {{ nodes {{ reference title state \
                     author {{ name constituency }} }} }} }}\n\n",
                    accounts(),
                )
            }
        }
    }
}

/// The demonstration's accounts, a line each.
fn accounts() -> String {
    let mut lines = String::new();
    for account in demo::ACCOUNTS {
        let login = format!("{:<18}", account.login);
        lines.extend(["  ", &login, account.who, "\n"]);
    }
    lines
}
