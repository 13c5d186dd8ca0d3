//! What every printer can be asked: how it is, and to print one job now.

use std::{fmt, io};

use async_trait::async_trait;

/// A printer.
#[async_trait]
pub trait Driver: Send + Sync + fmt::Debug {
    /// How the printer is now.
    async fn state(&self) -> PrinterState;

    /// Prints `job` before it returns, or reports why not and forgets it.
    async fn print(&self, job: Job) -> Result<(), PrintError>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrinterState {
    Ready,
    /// Prints, but somebody should bring paper.
    NearEnd,
    OutOfPaper,
    CoverOpen,
    Jam,
    Offline,
    /// The folder for prints cannot be written.
    Disk,
}

impl PrinterState {
    /// The stable name in reports; with a dash for its dot, the key of its words.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ready => "printer.ready",
            Self::NearEnd => "printer.near_end",
            Self::OutOfPaper => "printer.out_of_paper",
            Self::CoverOpen => "printer.cover_open",
            Self::Jam => "printer.jam",
            Self::Offline => "printer.offline",
            Self::Disk => "printer.disk",
        }
    }

    pub fn can_print(self) -> bool {
        matches!(self, Self::Ready | Self::NearEnd)
    }
}

/// One slip to print.
#[derive(Clone, PartialEq, Eq)]
pub struct Job {
    /// What the job is called, e.g. the day and the number. Nothing personal.
    pub name: String,
    pub pdf: Vec<u8>,
}

/// Without the document: it holds the phone page's token.
impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("name", &self.name)
            .field("bytes", &self.pdf.len())
            .finish()
    }
}

/// Why a job was not printed.
#[derive(Debug, thiserror::Error)]
#[error("not printed: {}", .state.code())]
pub struct PrintError {
    pub state: PrinterState,
    #[source]
    pub cause: Option<io::Error>,
}

impl PrintError {
    pub fn code(&self) -> &'static str {
        self.state.code()
    }
}

impl From<PrinterState> for PrintError {
    fn from(state: PrinterState) -> Self {
        Self { state, cause: None }
    }
}
