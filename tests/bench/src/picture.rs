//! Comparisons as a picture: for each case the subjects below each other, cancels per second to the left and CPU per
//! cancel to the right, each with its quartiles, and the baseline's median as a line through all.

use std::path::Path;

use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::standing::{Comparison, Quartiles, Standing};
use crate::table::{figure, spelled};

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

const WIDTH: i32 = 1060;
const NAMES: i32 = 250;
const BAR: i32 = 285;
const GAP: i32 = 110;
const ROW: i32 = 26;
const TITLE: i32 = 44;
const HEAD: i32 = 64;

const INK: RGBColor = RGBColor(32, 33, 36);
const FAINT: RGBColor = RGBColor(120, 124, 130);
const BASELINE: RGBColor = RGBColor(150, 156, 165);
const OURS: RGBColor = RGBColor(11, 110, 203);
const OTHERS: RGBColor = RGBColor(214, 158, 92);

/// Draws a suite.
///
/// # Errors
/// Where the file cannot be written.
pub fn draw(path: &Path, suite: &str, comparisons: &[Comparison]) -> Result<()> {
    let rows: usize = comparisons.iter().map(|comparison| comparison.standings.len()).sum();
    let height = HEAD + comparisons.len() as i32 * TITLE + rows as i32 * ROW + 16;
    let area = SVGBackend::new(path, (WIDTH as u32, height as u32)).into_drawing_area();
    area.fill(&WHITE).map_err(wrong)?;
    write(&area, &format!("Cancels: {suite}"), (16, 26), 20, INK, HPos::Left)?;
    write(&area, "cancels per second: longer is better", (NAMES, 50), 13, FAINT, HPos::Left)?;
    write(&area, "CPU per cancel: shorter is better", (NAMES + BAR + GAP, 50), 13, FAINT, HPos::Left)?;
    let mut top = HEAD;
    for comparison in comparisons {
        let title = format!("{}, {}", comparison.case, spelled(&comparison.transport));
        write(&area, &title, (16, top + 24), 15, INK, HPos::Left)?;
        top += TITLE - 8;
        let below = top + comparison.standings.len() as i32 * ROW;
        names(&area, &comparison.standings, top)?;
        let speed = |one: &Standing| (one.per_second, one.speed, figure(one.per_second.median, 0));
        bars(&area, &comparison.standings, NAMES, top, below, speed)?;
        let cpu = |one: &Standing| (one.cpu, one.cpu_ratio, format!("{} µs", figure(one.cpu.median, 0)));
        bars(&area, &comparison.standings, NAMES + BAR + GAP, top, below, cpu)?;
        top = below + 8;
    }
    area.present().map_err(wrong)
}

fn names(area: &Area<'_>, standings: &[Standing], top: i32) -> Result<()> {
    for (index, standing) in standings.iter().enumerate() {
        let at = (NAMES - 12, top + index as i32 * ROW + ROW / 2);
        write(area, &standing.subject, at, 13, INK, HPos::Right)?;
    }
    Ok(())
}

type Shown = (Quartiles, Option<Quartiles>, String);

fn bars(
    area: &Area<'_>,
    standings: &[Standing],
    left: i32,
    top: i32,
    below: i32,
    shown: impl Fn(&Standing) -> Shown,
) -> Result<()> {
    let longest = standings.iter().map(|one| shown(one).0.upper).fold(f64::MIN_POSITIVE, f64::max);
    let at = |figure: f64| left + (figure / longest * f64::from(BAR)).round() as i32;
    for (index, standing) in standings.iter().enumerate() {
        let (figures, ratio, words) = shown(standing);
        let (from, middle) = (top + index as i32 * ROW + 4, top + index as i32 * ROW + ROW / 2);
        let bar = Rectangle::new([(left, from), (at(figures.median), from + ROW - 8)], colour(standing).filled());
        area.draw(&bar).map_err(wrong)?;
        let (low, high) = (at(figures.lower), at(figures.upper));
        for line in [
            [(low, middle), (high, middle)],
            [(low, middle - 4), (low, middle + 4)],
            [(high, middle - 4), (high, middle + 4)],
        ] {
            area.draw(&PathElement::new(line, INK.mix(0.75).stroke_width(1))).map_err(wrong)?;
        }
        let beside = match ratio {
            Some(ratio) if !standing.baseline => format!("{words}  ×{}", figure(ratio.median, 2)),
            _ => words,
        };
        write(area, &beside, (high.max(at(figures.median)) + 6, middle), 12, INK, HPos::Left)?;
    }
    if let Some(baseline) = standings.iter().find(|one| one.baseline) {
        let x = at(shown(baseline).0.median);
        for y in (top..below).step_by(6) {
            let dash = PathElement::new([(x, y), (x, (y + 3).min(below))], INK.stroke_width(1));
            area.draw(&dash).map_err(wrong)?;
        }
    }
    Ok(())
}

fn colour(standing: &Standing) -> RGBColor {
    match standing {
        Standing { baseline: true, .. } => BASELINE,
        Standing { subject, .. } if subject.starts_with("bootpay-core") || subject.starts_with("bootpay-cancel") => {
            OURS
        }
        _ => OTHERS,
    }
}

fn write(area: &Area<'_>, words: &str, at: (i32, i32), size: i32, colour: RGBColor, from: HPos) -> Result<()> {
    // The library draws a font at a size 1.24 times smaller than it is told.
    let style = ("sans-serif", f64::from(size) * 1.24).into_font().color(&colour).pos(Pos::new(from, VPos::Center));
    area.draw(&Text::new(words.to_owned(), at, style)).map_err(wrong)
}

fn wrong(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("the picture could not be drawn: {error}")
}
