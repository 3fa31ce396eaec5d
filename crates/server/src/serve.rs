//! `mukalma serve`.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::middleware;
use forum::Forum;
use miette::{IntoDiagnostic as _, WrapErr as _};
use tokio::net::TcpListener;

use crate::app::App;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::secrets::Secrets;
use crate::shutdown::{drain, on_signal};
use crate::{demo, front, open, pages, peer, reference, telemetry};

/// Runs the server until it is told to stop.
pub async fn run(config: Config, out: &mut (dyn Write + Send)) -> miette::Result<()> {
    telemetry::start_log(&config.log).into_diagnostic()?;
    let stop = on_signal().into_diagnostic()?;
    let secrets = Secrets::open(&config.secrets_dir, SystemClock)?;
    let _lock = crate::lock::take(&config)?;
    let listener = listen(config.listen, "MUKALMA_LISTEN").await?;
    let store = open::migrated(&config).await?;
    let forum = open::forum(&config, &secrets, store, config.demo).await?;
    let welcome = prepare(&config, &forum).await?;
    let metrics = metrics(&config, &stop).await?;
    let address = listener.local_addr().into_diagnostic()?;
    let app = App::start(&config, forum, *secrets.cursor_key.expose(), stop.clone())
        .await
        .map_err(|error| miette::miette!("the server cannot start: {error}"))?;
    let router = router(&config, &app, &stop);
    let serving = axum::serve(
        listener,
        router.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(stop.clone().cancelled_owned());
    let serving = tokio::spawn(serving.into_future());
    tracing::info!(%address, "listening");
    write!(out, "{}", welcome.page(address)).into_diagnostic()?;
    out.flush().into_diagnostic()?;

    stop.cancelled().await;
    let grace = Duration::from_secs(config.stop_grace_seconds);
    let listeners = async {
        if let Ok(Err(_)) = serving.await {
            tracing::warn!("the listener ended with an error");
        }
        app.live.finished().await;
        if let Some(metrics) = metrics {
            metrics.await.ok();
        }
    };
    drain(listeners, &app.tasks, grace).await;
    app.forum.store().close().await;
    Ok(())
}

/// Everything that is served, behind its layers.
pub fn router(
    config: &Config,
    app: &App,
    stop: &tokio_util::sync::CancellationToken,
) -> axum::Router {
    let (forum, stopping) = (Arc::clone(&app.forum), stop.clone());
    let ready = pages::ready_check(move || {
        let (forum, stopping) = (Arc::clone(&forum), stopping.clone());
        async move { !stopping.is_cancelled() && forum.store().ping().await.is_ok() }
    });
    let router = pages::router(&config.forum.name, ready).merge(app.router.clone());
    let trusted: Arc<[ipnet::IpNet]> = config.trusted_proxies.clone().into();
    let router = router.layer(middleware::from_fn_with_state(
        trusted,
        peer::behind_proxies,
    ));
    front::layers(router, config, |bytes| SystemClock.fill(bytes))
}

async fn listen(address: SocketAddr, setting: &str) -> miette::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        miette::miette!(
            help = format!("end what uses the address, or name another one with {setting}"),
            "cannot listen on {address}: {error}"
        )
    })
}

async fn metrics(
    config: &Config,
    stop: &tokio_util::sync::CancellationToken,
) -> miette::Result<Option<tokio::task::JoinHandle<()>>> {
    let Some(address) = config.metrics_listen else {
        return Ok(None);
    };
    let handle = telemetry::start_metrics().into_diagnostic()?;
    let listener = listen(address, "MUKALMA_METRICS_LISTEN").await?;
    let stop = stop.clone();
    Ok(Some(tokio::spawn(async move {
        if telemetry::serve_metrics(listener, handle, stop)
            .await
            .is_err()
        {
            tracing::warn!("the metrics' listener ended with an error");
        }
    })))
}

/// What is told to whoever starts the server.
enum Welcome {
    /// Nothing new.
    Back,
    /// A demonstration, and the password of its accounts.
    Demonstration { password: Option<String> },
    /// A new forum, and the token of the link that makes its administrator.
    SetUp {
        token: String,
        public: Option<String>,
    },
}

/// Makes the forum if there is none, and sees that the database is of the kind
/// that was asked for.
async fn prepare(config: &Config, forum: &Arc<Forum>) -> miette::Result<Welcome> {
    let failed = |error: forum::Error| miette::miette!("the forum cannot be prepared: {error}");
    let known = forum.directory().forum.clone();
    match known {
        Some(known) if config.demo && !known.demonstration => Err(miette::miette!(
            help = "name another database with MUKALMA_DATABASE_URL, or start without --demo",
            "this database holds a real forum: --demo does not touch it"
        )),
        Some(known) if !config.demo && known.demonstration => Err(miette::miette!(
            help = "start with --demo, or name another database with MUKALMA_DATABASE_URL",
            "this database holds a demonstration"
        )),
        Some(_) if config.demo => Ok(Welcome::Demonstration {
            password: demo::known_password(config)?,
        }),
        Some(_) => setup(config, forum).await,
        None => {
            forum
                .create_forum(&config.forum.name, config.demo)
                .await
                .map_err(failed)?;
            let data = reference::data()
                .into_diagnostic()
                .wrap_err("the reference data")?;
            forum.load_reference(&data).await.map_err(failed)?;
            if !config.demo {
                return setup(config, forum).await;
            }
            let password = demo::password(config)?;
            demo::fill(forum, &password)
                .await
                .map_err(|error| miette::miette!("the demonstration cannot be made: {error}"))?;
            Ok(Welcome::Demonstration {
                password: Some(password),
            })
        }
    }
}

async fn setup(config: &Config, forum: &Forum) -> miette::Result<Welcome> {
    let token = forum
        .create_setup_link()
        .await
        .map_err(|error| miette::miette!("no setup link could be made: {error}"))?;
    Ok(match token {
        None => Welcome::Back,
        Some(token) => Welcome::SetUp {
            token,
            public: config
                .public_url
                .as_ref()
                .map(|url| url.as_str().to_owned()),
        },
    })
}

impl Welcome {
    fn page(&self, address: SocketAddr) -> String {
        let base = format!("http://{address}");
        let addresses = format!(
            "\nMukalma listens on {base}\n\n  GraphQL     {base}/graphql      (open it in a browser to explore)\n  \
             websocket   ws://{address}/graphql/ws\n  health      {base}/livez  {base}/readyz\n",
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
                    || "the one that was printed at the first start".to_owned(),
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
