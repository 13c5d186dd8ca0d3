//! The hall server's program: arguments in, exit code out.

use std::io;
use std::process::ExitCode;

use clap::Parser as _;
use hall_kiosk::server::cli;

#[tokio::main]
async fn main() -> ExitCode {
    cli::main(cli::Arguments::parse(), &mut io::stdout(), &mut io::stderr()).await
}
