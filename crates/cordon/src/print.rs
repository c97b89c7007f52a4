//! Output: tables for people, JSON for machines, progress on standard error.

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

/// A table with a head; figures are set right by [`right`].
pub fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(head);
    table
}

/// A cell set to the right.
pub fn right(text: impl ToString) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}

/// One line of JSON.
pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string(value)?);
    Ok(())
}

/// A CSV field, quoted where it must be; a leading sign that a spreadsheet would run as a formula is disarmed.
pub fn csv_field(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// One line of CSV.
pub fn csv_row<T: AsRef<str>>(fields: &[T]) {
    let fields: Vec<String> = fields.iter().map(|field| csv_field(field.as_ref())).collect();
    println!("{}", fields.join(","));
}

/// A bar over `total` bytes, with rate and time left; a spinner where the total is unknown. Silent where standard
/// error is no terminal.
pub fn byte_bar(total: Option<u64>) -> ProgressBar {
    let known = "{spinner} [{bar:32}] {bytes}/{total_bytes}  {msg}  {eta} left";
    let unknown = "{spinner} {bytes}  {msg}";
    bar(total, known, unknown)
}

/// A bar over `total` things.
pub fn count_bar(total: u64) -> ProgressBar {
    bar(Some(total), "{spinner} [{bar:32}] {pos}/{len}  {msg}  {eta} left", "{spinner} {msg}")
}

fn bar(total: Option<u64>, known: &str, unknown: &str) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => (ProgressBar::new(total), known),
        None => (ProgressBar::new_spinner(), unknown),
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━╸─"));
    }
    bar
}

/// 12,345,678
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// 1.5 MiB
pub fn bytes(number: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = number as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let unit = UNITS.get(unit).copied().unwrap_or("B");
    if unit == "B" { format!("{number} B") } else { format!("{value:.1} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_bytes_scaled() {
        assert_eq!([count(0), count(999), count(1_234_567)], ["0", "999", "1,234,567"]);
        assert_eq!([bytes(1_023), bytes(1_536), bytes(3 << 30)], ["1023 B", "1.5 KiB", "3.0 GiB"]);
    }
}
