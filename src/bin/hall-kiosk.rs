//! The program of a device: terminal, window console or board. Arguments → configuration → run.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use hall_kiosk::kiosk::config::KioskConfig;
use hall_kiosk::kiosk::start;

#[derive(Parser)]
#[command(
    version,
    about = "The programs people touch in a service hall: terminal, window console, board."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run this device as its configuration says.
    Run {
        #[arg(long)]
        config: PathBuf,
    },
    /// Enrol this device with the one-time code from `hall-server enroll`.
    Enroll {
        #[arg(long)]
        config: PathBuf,
        code: String,
    },
    /// A whole hall on one command: server, terminal, people waiting.
    #[cfg(feature = "demo")]
    Demo(hall_kiosk::demo::Arguments),
    /// Every screen in every state it can be in, as pictures.
    #[cfg(feature = "demo")]
    Gallery {
        #[arg(long)]
        out: PathBuf,
        /// e.g. home, choose-queue, issued, window, board
        #[arg(long)]
        screen: Option<String>,
        /// standard, elder, contrast, elder-contrast
        #[arg(long)]
        mode: Option<String>,
        /// zh-CN, en
        #[arg(long)]
        lang: Option<String>,
        /// e.g. 1080x1920
        #[arg(long, value_parser = hall_kiosk::kiosk::start::parse_size)]
        size: Option<(u32, u32)>,
    },
}

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("HALL_LOG").unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            let _ = writeln!(std::io::stderr(), "hall-kiosk: {words}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Run { config } => start::run(&load(&config)?),
        Command::Enroll { config, code } => {
            let identity = start::enroll(&load(&config)?, &code)?;
            say(&format!(
                "This device is now {} ({}).",
                identity.name,
                identity.role.code()
            ));
            Ok(())
        }
        #[cfg(feature = "demo")]
        Command::Demo(arguments) => hall_kiosk::demo::run(&arguments),
        #[cfg(feature = "demo")]
        Command::Gallery {
            out,
            screen,
            mode,
            lang,
            size,
        } => {
            use hall_kiosk::kiosk::gallery;
            let filter = gallery::Filter {
                screen,
                mode,
                lang,
                size,
            };
            let files = gallery::render(&out, &filter).map_err(|error| format!("{}: {error}", out.display()))?;
            if files.is_empty() {
                return Err("no picture fits; try without --screen, --mode, --lang or --size".to_owned());
            }
            say(&format!("{} pictures in {}", files.len(), out.display()));
            Ok(())
        }
    }
}

fn load(file: &std::path::Path) -> Result<KioskConfig, String> {
    KioskConfig::load(file).map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

fn say(words: &str) {
    let _ = writeln!(std::io::stdout(), "{words}");
}
