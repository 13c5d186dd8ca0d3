//! Outside readers of documents. Where one is not installed the test says so and passes, except under `CI=true`.

use std::path::Path;
use std::process::Command;

use hall_kiosk::print::layout::Layout;
use hall_kiosk::print::pdf;

/// What `program` wrote to its standard output; none where it is not installed.
pub(super) fn run(program: &str, args: &[&str]) -> Option<String> {
    let output = match Command::new(program).args(args).output() {
        Ok(output) => output,
        Err(cause) => {
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "{program} is needed: {cause}"
            );
            println!("left out: {program} is not installed");
            return None;
        }
    };
    assert!(
        output.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// `layout` as a file in `dir`.
pub(super) fn save(layout: &Layout, dir: &Path) -> String {
    let path = dir.join("slip.pdf");
    std::fs::write(&path, pdf::render(layout)).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The picture a 203 dpi printer would make of `pdf`.
pub(super) fn picture(pdf: &str, dir: &Path) -> Option<String> {
    let stem = dir.join("slip");
    run(
        "pdftoppm",
        &["-r", "203", "-png", "-singlefile", pdf, stem.to_str().unwrap()],
    )?;
    Some(stem.with_extension("png").to_str().unwrap().to_owned())
}
