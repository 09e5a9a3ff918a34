//! How much memory a process has while it cancels: what is written down, what is looked for, and the picture.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use plotters::prelude::*;
use serde::Serialize;

/// One look at a process.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Look {
    /// `memory`.
    pub suite: &'static str,
    /// Cancels so far.
    pub cancels: u64,
    /// Since the first, in seconds.
    pub seconds: f64,
    /// Resident set, in bytes.
    pub resident_bytes: u64,
    /// What the program has asked its allocator for and not given back, in bytes; 0 where nobody counts it. The rest of the
    /// resident set is code, stacks, and what the allocator keeps.
    pub in_use_bytes: u64,
}

/// The resident set of this process, in bytes. Linux alone tells.
///
/// # Errors
/// Where the system does not tell.
pub fn resident() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
}

/// What this process has in use, as glibc's allocator counts it.
pub fn in_use() -> u64 {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        // SAFETY: it takes nothing, and gives numbers.
        #[allow(unsafe_code, reason = "nothing safe tells")]
        let info = unsafe { libc::mallinfo2() };
        (info.uordblks + info.hblkhd) as u64
    }
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    0
}

/// The means of the first tenth and of the last, in bytes.
pub fn tenths(looks: &[Look], of: impl Fn(&Look) -> u64) -> (f64, f64) {
    let tenth = (looks.len() / 10).max(1);
    let mean = |looks: &[Look]| looks.iter().map(|look| of(look) as f64).sum::<f64>() / looks.len() as f64;
    (mean(&looks[..tenth]), mean(&looks[looks.len() - tenth..]))
}

/// Draws the looks, from zero.
///
/// # Errors
/// Where the file cannot be written.
pub fn draw(path: &Path, looks: &[Look]) -> Result<()> {
    let wrong = |error: String| anyhow!("the picture could not be drawn: {error}");
    let line = |of: fn(&Look) -> u64| -> Vec<(f64, f64)> {
        looks.iter().map(|look| (look.cancels as f64, of(look) as f64 / 1_048_576.0)).collect()
    };
    let points = line(|look| look.resident_bytes);
    let right = points.iter().map(|point| point.0).fold(1.0, f64::max);
    let top = points.iter().map(|point| point.1).fold(1.0, f64::max) * 1.25;
    let area = SVGBackend::new(path, (900, 360)).into_drawing_area();
    area.fill(&WHITE).map_err(|error| wrong(error.to_string()))?;
    let mut chart = ChartBuilder::on(&area)
        .caption("Memory over cancels, SQLite journal", ("sans-serif", 18))
        .margin(14)
        .x_label_area_size(40)
        .y_label_area_size(60)
        .build_cartesian_2d(0.0..right, 0.0..top)
        .map_err(|error| wrong(error.to_string()))?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc("cancels")
        .y_desc("MiB")
        .x_label_formatter(&|cancels| crate::table::figure(*cancels, 0))
        .draw()
        .map_err(|error| wrong(error.to_string()))?;
    for (name, points, colour) in [
        ("resident set", points, RGBColor(11, 110, 203)),
        ("in use by the program", line(|look| look.in_use_bytes), RGBColor(120, 120, 120)),
    ] {
        let path = PathElement::new(points, colour.stroke_width(2));
        let series = chart.draw_series(std::iter::once(path)).map_err(|error| wrong(error.to_string()))?;
        series.label(name).legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart.configure_series_labels().background_style(WHITE).draw().map_err(|error| wrong(error.to_string()))?;
    area.present().map_err(|error| wrong(error.to_string()))
}
