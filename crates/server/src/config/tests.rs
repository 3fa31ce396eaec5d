//! Which value wins, and what is said of a wrong one.

use std::ffi::OsString;

use secrecy::ExposeSecret;

use super::*;

fn environment(pairs: &[(&str, &str)]) -> Vec<(String, OsString)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), OsString::from(value)))
        .collect()
}

fn flags(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

fn load(sources: &Sources) -> Config {
    Config::load(sources).unwrap().config
}

fn problems(sources: &Sources) -> Vec<(String, String)> {
    let error = Config::load(sources).expect_err("the configuration is wrong");
    error
        .problems
        .into_iter()
        .map(|problem| (problem.message, problem.help))
        .collect()
}

fn only_problem(sources: &Sources) -> (String, String) {
    let mut problems = problems(sources);
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.remove(0)
}

#[test]
fn the_defaults_are_a_configuration() {
    let config = load(&Sources::default());
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(
        config.database.url.expose_secret(),
        "sqlite://data/mukalma.db"
    );
    assert_eq!(config.secrets_dir, PathBuf::from("data/secrets"));
    assert_eq!(config.registration, Registration::Approval);
    assert_eq!(config.metrics_listen, None);
    assert!(!config.demo);
}

#[test]
fn every_default_is_a_value_of_its_setting() {
    for setting in SETTINGS {
        assert!(
            setting.accepts(&setting.default.replace("{data_dir}", "data")),
            "{}",
            setting.key
        );
    }
}

#[test]
fn the_fixed_variables_have_their_names() {
    let names: Vec<_> = SETTINGS.iter().map(Setting::variable).collect();
    for fixed in [
        "MUKALMA_LISTEN",
        "MUKALMA_DATABASE_URL",
        "MUKALMA_METRICS_LISTEN",
        "MUKALMA_DEMO_PASSWORD",
    ] {
        assert!(names.iter().any(|name| name == fixed), "{fixed}");
    }
    let mut unique = names.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), names.len(), "two settings share a variable");
}

#[test]
fn a_flag_wins_over_a_variable_over_the_file_over_the_default() {
    let file = file("listen = \"127.0.0.1:1\"\n[session]\nidle_days = 1\nmax_days = 4\n");
    let mut sources = Sources {
        file: Some(file.path().to_owned()),
        ..Sources::default()
    };
    assert_eq!(load(&sources).session.idle_days, 1);
    assert_eq!(load(&sources).session.max_days, 4);

    sources.environment = environment(&[
        ("MUKALMA_SESSION_IDLE_DAYS", "2"),
        ("MUKALMA_LISTEN", "127.0.0.1:2"),
    ]);
    assert_eq!(load(&sources).session.idle_days, 2);
    assert_eq!(load(&sources).session.max_days, 4);
    assert_eq!(load(&sources).listen.port(), 2);

    sources.flags = flags(&[("session.idle_days", "3"), ("listen", "127.0.0.1:3")]);
    assert_eq!(load(&sources).session.idle_days, 3);
    assert_eq!(load(&sources).listen.port(), 3);
}

#[test]
fn where_a_value_came_from_is_told() {
    let file = file("[session]\nmax_days = 40\n");
    let sources = Sources {
        file: Some(file.path().to_owned()),
        environment: environment(&[("MUKALMA_SESSION_IDLE_DAYS", "2")]),
        flags: flags(&[
            ("listen", "127.0.0.1:3"),
            ("login.burst", "5"),
            ("data_dir", "elsewhere"),
        ]),
    };
    let loaded = Config::load(&sources).unwrap();
    let origin = |key: &str| {
        loaded
            .effective
            .iter()
            .find(|one| one.key == key)
            .unwrap()
            .origin
            .clone()
    };
    assert_eq!(origin("listen"), "--listen");
    assert_eq!(origin("login.burst"), "--set login.burst");
    assert_eq!(origin("session.idle_days"), "MUKALMA_SESSION_IDLE_DAYS");
    assert_eq!(
        origin("session.max_days"),
        file.path().display().to_string()
    );
    assert_eq!(origin("login.per_minute"), "default");
    assert_eq!(origin("secrets_dir"), "follows data_dir, --data-dir");
}

#[test]
fn a_demonstration_is_open_unless_something_else_is_said() {
    let mut sources = Sources {
        flags: flags(&[("demo", "true")]),
        ..Sources::default()
    };
    assert_eq!(load(&sources).registration, Registration::Open);
    sources.environment = environment(&[("MUKALMA_REGISTRATION", "closed")]);
    assert_eq!(load(&sources).registration, Registration::Closed);
}

#[test]
fn what_is_kept_in_files_follows_the_data_directory() {
    let config = load(&Sources {
        flags: flags(&[("data_dir", "/srv/forum/")]),
        ..Sources::default()
    });
    assert_eq!(
        config.database.url.expose_secret(),
        "sqlite:///srv/forum/mukalma.db"
    );
    assert_eq!(config.mail.directory, PathBuf::from("/srv/forum/mail"));
    assert_eq!(config.graphiql, PathBuf::from("/srv/forum/graphiql"));
}

#[test]
fn lists_are_lists_in_the_file_and_commas_elsewhere() {
    let file = file("cors_origins = [\"https://a.example.org\", \"https://b.example.org\"]\n");
    let config = load(&Sources {
        file: Some(file.path().to_owned()),
        environment: environment(&[("MUKALMA_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1")]),
        flags: Vec::new(),
    });
    assert_eq!(config.cors_origins.len(), 2);
    assert_eq!(config.trusted_proxies[1].to_string(), "192.0.2.1/32");
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let sources = Sources {
        environment: environment(&[("MUKALMA_LISTEN", ""), ("MUKALMA_METRICS_LISTEN", "")]),
        ..Sources::default()
    };
    assert_eq!(load(&sources).listen.port(), 8080);
}

/// For every setting a value that it does not take.
#[test]
fn every_wrong_value_is_named_with_what_is_allowed() {
    for setting in SETTINGS {
        let (wrong, allowed): (String, &str) = match setting.kind {
            Kind::Whole { max, .. } => ((max + 1).to_string(), "a whole number from"),
            Kind::Boolean => ("perhaps".into(), "true or false"),
            Kind::OneOf(words) => ("something".into(), words[0]),
            Kind::Text { max, .. } => ("x".repeat(max + 1), "characters"),
            Kind::Capitals { .. } => ("mkl".into(), "capital letters"),
            Kind::Address => ("localhost".into(), "an IP address and a port"),
            // No text is wrong for a path but one no environment can hold.
            Kind::Path => ("a\0b".into(), "a path"),
            Kind::DatabaseUrl => ("mysql://localhost".into(), "sqlite://"),
            Kind::MailUrl => ("smtp://mail.example.org".into(), "smtps://"),
            Kind::MailAddress => ("nobody".into(), "a mail address"),
            Kind::Zone => ("Asia/Lahore".into(), "Asia/Karachi"),
            Kind::Weekdays => ("someday".into(), "days of the week"),
            Kind::Origin | Kind::Origins => ("forum.example.org".into(), "scheme, host"),
            Kind::Networks => ("10.0.0.0/64".into(), "IP addresses or networks"),
        };
        let sources = Sources {
            flags: flags(&[(setting.key, &wrong)]),
            ..Sources::default()
        };
        let (message, help) = problems(&sources).remove(0);
        assert!(
            message.starts_with(&format!("{} cannot be `", setting.key)),
            "{message}"
        );
        assert!(help.contains(allowed), "{}: {help}", setting.key);
        assert_eq!(
            message.contains(&wrong),
            setting.shown == Shown::Whole,
            "{message}"
        );
    }
}

#[test]
fn a_number_below_its_least_is_named_with_both_ends() {
    let sources = Sources {
        environment: environment(&[("MUKALMA_PASSWORD_MIN_LENGTH", "7")]),
        ..Sources::default()
    };
    assert_eq!(
        only_problem(&sources),
        (
            "password.min_length cannot be `7` (MUKALMA_PASSWORD_MIN_LENGTH)".to_owned(),
            "allowed: a whole number from 8 to 128 (characters)".to_owned()
        )
    );
}

#[test]
fn a_fraction_is_no_whole_number() {
    let file = file("[session]\nidle_days = 1.5\n");
    let (message, _) = only_problem(&Sources {
        file: Some(file.path().to_owned()),
        ..Sources::default()
    });
    assert!(
        message.starts_with("session.idle_days cannot be `1.5`"),
        "{message}"
    );
}

#[test]
fn a_table_is_no_value() {
    let file = file("[listen]\nport = 8080\n");
    let (message, _) = only_problem(&Sources {
        file: Some(file.path().to_owned()),
        ..Sources::default()
    });
    assert!(
        message.starts_with("listen cannot be `a table`"),
        "{message}"
    );
}

#[test]
fn an_unknown_key_is_named_with_the_closest_known() {
    let file = file("[session]\nidle_dayz = 3\n");
    let sources = Sources {
        file: Some(file.path().to_owned()),
        environment: environment(&[("MUKALMA_DATABSE_URL", "x")]),
        flags: flags(&[("listn", "x")]),
    };
    let problems = problems(&sources);
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert!(
        problems[0]
            .0
            .starts_with("there is no setting session.idle_dayz")
    );
    assert_eq!(problems[0].1, "the closest is session.idle_days");
    assert_eq!(problems[1].1, "the closest is MUKALMA_DATABASE_URL");
    assert_eq!(problems[2].1, "the closest is listen");
}

#[test]
fn an_unknown_section_is_named() {
    let file = file("[nothing]\nlike = 1\n");
    let (message, help) = only_problem(&Sources {
        file: Some(file.path().to_owned()),
        ..Sources::default()
    });
    assert!(
        message.starts_with("there is no setting nothing.like"),
        "{message}"
    );
    assert!(help.contains("config reference"), "{help}");
}

#[test]
fn all_that_is_wrong_is_named_at_once() {
    let sources = Sources {
        environment: environment(&[
            ("MUKALMA_LISTEN", "x"),
            ("MUKALMA_LOGIN_BURST", "0"),
            ("MUKALMA_LOG_LEVEL", "loud"),
        ]),
        ..Sources::default()
    };
    assert_eq!(problems(&sources).len(), 3);
}

#[test]
fn a_file_that_is_no_toml_or_is_not_there_is_named() {
    let file = file("listen = = 1\n");
    let (message, _) = only_problem(&Sources {
        file: Some(file.path().to_owned()),
        ..Sources::default()
    });
    assert!(message.ends_with("cannot be read"), "{message}");
    let (message, _) = only_problem(&Sources {
        file: Some("no/such.toml".into()),
        ..Sources::default()
    });
    assert_eq!(message, "no/such.toml cannot be read");
}

#[test]
fn a_line_that_is_no_toml_is_not_shown_since_it_may_hold_a_secret() {
    for line in [
        "url = \"postgres://forum:canary@db/forum",
        "demo_password = canary-canary",
        "demo_password = \"canary\"\ndemo_password = \"canary\"",
    ] {
        let file = file(line);
        let (message, help) = only_problem(&Sources {
            file: Some(file.path().to_owned()),
            ..Sources::default()
        });
        assert!(message.ends_with("cannot be read"), "{message}");
        assert!(
            help.contains("at line ") && !help.contains("canary"),
            "{help}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf_8_is_named() {
    use std::os::unix::ffi::OsStringExt;
    let value = OsString::from_vec(vec![0xff]);
    let sources = Sources {
        environment: vec![("MUKALMA_FORUM_NAME".into(), value)],
        ..Sources::default()
    };
    assert_eq!(
        only_problem(&sources).0,
        "MUKALMA_FORUM_NAME cannot be read"
    );
}

#[test]
fn an_in_memory_database_is_refused() {
    for url in [
        "sqlite://:memory:",
        "sqlite::memory:",
        "sqlite://",
        "sqlite://file.db?mode=memory",
    ] {
        let sources = Sources {
            flags: flags(&[("database.url", url)]),
            ..Sources::default()
        };
        let (message, _) = only_problem(&sources);
        assert!(
            message.starts_with("database.url cannot be"),
            "{url}: {message}"
        );
    }
}

#[test]
fn settings_that_do_not_go_together_are_named() {
    for (pairs, expected) in [
        (
            vec![("session.idle_days", "100")],
            "session.idle_days is more than session.max_days",
        ),
        (
            vec![("mail.transport", "smtp")],
            "mail.transport is smtp, but mail.smtp_url is not set",
        ),
        (
            vec![("metrics_listen", "127.0.0.1:8080")],
            "metrics_listen is the same as listen",
        ),
        (
            vec![
                ("limits.document_bytes", "1048576"),
                ("limits.body_bytes", "32768"),
            ],
            "limits.document_bytes is more than limits.body_bytes",
        ),
        (
            vec![("budget.account", "99"), ("limits.cost", "100")],
            "budget.account is less than limits.cost",
        ),
        (
            vec![("budget.address", "999")],
            "budget.address is less than limits.cost",
        ),
    ] {
        let sources = Sources {
            flags: flags(&pairs),
            ..Sources::default()
        };
        assert_eq!(only_problem(&sources).0, expected);
    }
}

#[test]
fn no_secret_is_printed() {
    let sources = Sources {
        environment: environment(&[
            ("MUKALMA_DATABASE_URL", "postgres://forum:canary-1@db/forum"),
            ("MUKALMA_DEMO_PASSWORD", "canary-2-canary"),
            (
                "MUKALMA_AUDIT_CHECKPOINT_URL",
                "https://keeper.example.org/?token=canary-4",
            ),
            (
                "MUKALMA_MAIL_SMTP_URL",
                "smtps://forum:canary-3@mail.example.org",
            ),
        ]),
        ..Sources::default()
    };
    let loaded = Config::load(&sources).unwrap();
    let printed = print(&loaded);
    assert!(
        printed.contains("postgres://forum:***@db/forum"),
        "{printed}"
    );
    assert!(!printed.contains("canary"), "{printed}");
    assert!(!format!("{loaded:?}").contains("canary"));
}

#[test]
fn no_rule_that_the_audit_log_tells_is_secret_and_each_names_one() {
    let rules = |setting: &&Setting| print::is_rule(setting.key);
    let mut all = SETTINGS.iter().filter(rules);
    assert!(all.all(|setting| setting.shown == Shown::Whole));
    for rule in print::RULES {
        let section = format!("{rule}.");
        let mut keys = SETTINGS.iter().map(|setting| setting.key);
        assert!(
            keys.any(|key| key == *rule || key.starts_with(&section)),
            "{rule}"
        );
    }
}

#[test]
fn the_reference_describes_every_setting() {
    let reference = reference();
    for setting in SETTINGS {
        assert!(
            reference.contains(&format!("| `{}` | `{}`", setting.key, setting.variable())),
            "{}",
            setting.key
        );
    }
}
