//! Printers, well and unwell.

use std::fs;
use std::path::Path;
use std::process::Command;

use hall_kiosk::i18n::{self, Lang};
use hall_kiosk::print::driver::{Driver, Job, PrintError, PrinterState};
use hall_kiosk::print::folder::Folder;
use hall_kiosk::print::simulator::Simulator;

fn job(name: &str) -> Job {
    Job {
        name: name.to_owned(),
        pdf: b"%PDF-1.3 a slip".to_vec(),
    }
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn the_folder_is_made_and_holds_each_slip_whole_under_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("not/yet/there");
    let folder = Folder::new(&out);
    assert_eq!(folder.state().await, PrinterState::Ready);
    folder.print(job("2026-11-22-A018")).await.unwrap();
    folder.print(job("2026-11-22-A019")).await.unwrap();
    assert_eq!(names(&out), ["2026-11-22-A018.pdf", "2026-11-22-A019.pdf"]);
    assert_eq!(fs::read(out.join("2026-11-22-A018.pdf")).unwrap(), job("").pdf);
}

#[tokio::test]
async fn a_name_leads_nowhere_outside_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let folder = Folder::new(&out);
    for name in ["../escaped", "/etc/escaped", "..", ""] {
        folder.print(job(name)).await.unwrap();
    }
    assert_eq!(names(dir.path()), ["out"]);
    assert_eq!(names(&out).len(), 4);
}

#[tokio::test]
async fn a_file_where_the_folder_should_be_is_an_error_and_stays_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("out");
    fs::write(&file, "mine").unwrap();
    fails_with_disk(&Folder::new(&file)).await;
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(names(dir.path()), ["out"]);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_an_error_and_stays_empty() {
    // Not even the superuser makes folders here.
    fails_with_disk(&Folder::new("/proc/hall-prints")).await;

    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    fs::create_dir(&out).unwrap();
    let mut locked = fs::metadata(&out).unwrap().permissions();
    locked.set_readonly(true);
    fs::set_permissions(&out, locked).unwrap();
    if fs::write(out.join("probe"), "").is_ok() {
        println!("left out: this user may write anywhere");
        return;
    }
    fails_with_disk(&Folder::new(&out)).await;
    assert_eq!(names(&out), [""; 0]);
}

#[tokio::test]
async fn a_slip_that_cannot_get_its_name_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("A018.pdf/occupied")).unwrap();
    let refused = Folder::new(dir.path()).print(job("A018")).await.unwrap_err();
    assert_eq!(refused.code(), "printer.disk");
    assert_eq!(names(dir.path()), ["A018.pdf"]);
}

/// Runs itself again where it has a small disk of its own to fill.
#[tokio::test]
async fn a_full_disk_is_known_before_anybody_prints_and_leaves_nothing_behind() {
    const DISK: &str = "HALL_TEST_SMALL_DISK";
    if let Some(disk) = std::env::var_os(DISK) {
        return fill_and_print(Path::new(&disk)).await;
    }
    let disk = tempfile::tempdir().unwrap();
    let apart = |script: &str| {
        let mut command = Command::new("unshare");
        let mount = format!("mount -t tmpfs -o size=256k hall \"${DISK}\" && {script}");
        command.args(["-r", "-m", "sh", "-c", &mount]).env(DISK, disk.path());
        command
    };
    if !apart("true").output().is_ok_and(|made| made.status.success()) {
        println!("left out: this user may mount no disk");
        return;
    }
    let name = "print::driver::a_full_disk_is_known_before_anybody_prints_and_leaves_nothing_behind";
    let again = apart("exec \"$0\" --exact \"$1\" --nocapture")
        .arg(std::env::current_exe().unwrap())
        .arg(name)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(
        again.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&again.stderr)
    );
}

async fn fill_and_print(disk: &Path) {
    let folder = Folder::new(disk);
    assert_eq!(folder.state().await, PrinterState::Ready);
    fs::write(disk.join("filler"), vec![1; 1024 * 1024]).unwrap_err();
    let slip = Job {
        name: "A018".to_owned(),
        pdf: vec![1; 26_000],
    };
    assert_eq!(folder.state().await, PrinterState::Disk);
    assert_eq!(folder.print(slip).await.unwrap_err().code(), "printer.disk");
    assert_eq!(names(disk), ["filler"]);
    fs::remove_file(disk.join("filler")).unwrap();
    assert_eq!(folder.state().await, PrinterState::Ready);
    assert_eq!(
        names(disk),
        [""; 0],
        "nothing is printed by itself when there is room again"
    );
}

async fn fails_with_disk(folder: &Folder) {
    assert_eq!(folder.state().await, PrinterState::Disk);
    let refused = folder.print(job("A018")).await.unwrap_err();
    assert_eq!((refused.state, refused.code()), (PrinterState::Disk, "printer.disk"));
}

#[tokio::test]
async fn a_printer_refilled_later_prints_nothing_by_itself() {
    let printer = Simulator::new();
    printer.print(job("A001")).await.unwrap();
    printer.set_state(PrinterState::OutOfPaper);
    let refused: PrintError = printer.print(job("A002")).await.unwrap_err();
    assert_eq!(refused.code(), "printer.out_of_paper");
    printer.set_state(PrinterState::Ready);
    assert_eq!(printer.printed(), [job("A001")]);
    printer.print(job("A003")).await.unwrap();
    assert_eq!(printer.printed(), [job("A001"), job("A003")]);
}

#[tokio::test]
async fn a_printer_that_fails_halfway_reports_it_and_is_known_to_be_unwell() {
    let printer = Simulator::new();
    printer.fail_next(PrinterState::Jam);
    assert_eq!(printer.state().await, PrinterState::Ready);
    assert_eq!(printer.print(job("A001")).await.unwrap_err().state, PrinterState::Jam);
    assert_eq!(printer.state().await, PrinterState::Jam);
    assert_eq!(printer.printed(), []);
}

#[tokio::test]
async fn a_roll_near_its_end_still_prints() {
    let printer = Simulator::new();
    printer.set_state(PrinterState::NearEnd);
    assert!(printer.state().await.can_print());
    printer.print(job("A001")).await.unwrap();
}

#[test]
fn every_state_that_stops_printing_has_words_for_staff() {
    use PrinterState::{CoverOpen, Disk, Jam, Offline, OutOfPaper};
    for state in [OutOfPaper, CoverOpen, Jam, Offline, Disk] {
        assert!(!state.can_print());
        for lang in Lang::ALL {
            let key = state.code().replace('.', "-");
            assert!(i18n::try_tr(lang, &key).is_some(), "{lang:?}: {key}");
        }
    }
}

#[test]
fn a_job_shows_its_size_and_not_its_content() {
    assert_eq!(format!("{:?}", job("A001")), "Job { name: \"A001\", bytes: 15 }");
}
