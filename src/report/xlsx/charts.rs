//! Native charts: options by cost and risk, the exceedance curve, concentration.

use rust_xlsxwriter::{
    Chart, ChartDataLabel, ChartDataLabelPosition, ChartFormat, ChartLegendPosition, ChartLine, ChartMarker,
    ChartMarkerType, ChartSolidFill, ChartType, Color, Worksheet, XlsxError,
};

use super::HEADER_ROW;
use crate::report::money::DisplayCurrency;
use crate::report::sections::{TypedTable, TypedValue};

/// Today and the plan: two colors of the palette by Okabe and Ito (2008), which everybody can tell apart.
const TODAY: u32 = 0x00_7F_7F_7F;
const PLAN: u32 = 0x00_00_72_B2;
/// Bars of one chart.
const MOST_BARS: usize = 8;
/// Rows between a table and the chart below it.
const GAP: u32 = 2;

/// Adds the chart of a table, where there is one.
pub(super) fn add(
    sheet: &mut Worksheet,
    sheet_name: &str,
    table: &TypedTable,
    currency: DisplayCurrency,
) -> Result<(), XlsxError> {
    let below = HEADER_ROW + table.rows.len() as u32 + 1 + GAP;
    let ranges = Ranges { sheet: sheet_name, table };
    match table.name {
        "Options" => sheet.insert_chart(below, 0, &options(&ranges, currency)).map(drop),
        "Frontier" => sheet.insert_chart(below, 0, &frontier(&ranges, currency)).map(drop),
        "Exceedance" if table.rows.len() > 1 => {
            sheet.insert_chart(below, 0, &exceedance(&ranges, currency)).map(drop)
        }
        "Concentration" => {
            let right = table.columns.len() as u16 + 1;
            let origins = ranges
                .of_layer("origin")
                .map(|rows| bars(&ranges, rows, "Value by country of the developer"));
            let hosts = ranges.of_layer("host").map(|rows| bars(&ranges, rows, "Value by host"));
            for (nth, chart) in origins.into_iter().chain(hosts).enumerate() {
                sheet.insert_chart(HEADER_ROW + 20 * nth as u32, right, &chart)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Cells of a table, as charts name them.
struct Ranges<'a> {
    sheet: &'a str,
    table: &'a TypedTable,
}

impl<'a> Ranges<'a> {
    /// All rows of a column.
    fn column(&self, name: &str) -> (&'a str, u32, u16, u32, u16) {
        self.rows(name, 0..self.table.rows.len())
    }

    fn rows(&self, name: &str, rows: std::ops::Range<usize>) -> (&'a str, u32, u16, u32, u16) {
        let at = self.table.columns.iter().position(|column| column.name == name).unwrap_or(0) as u16;
        let first = HEADER_ROW + 1;
        (self.sheet, first + rows.start as u32, at, first + rows.end.saturating_sub(1) as u32, at)
    }

    /// The first rows of a layer in the table of concentration.
    fn of_layer(&self, layer: &str) -> Option<std::ops::Range<usize>> {
        let is_layer =
            |row: &Vec<TypedValue>| matches!(row.first(), Some(TypedValue::Text(text)) if text == layer);
        let first = self.table.rows.iter().position(is_layer)?;
        let n = self.table.rows[first..].iter().take_while(|row| is_layer(row)).count();
        Some(first..first + n.min(MOST_BARS))
    }
}

fn line(color: u32) -> ChartFormat {
    let mut format = ChartFormat::new();
    format.set_line(ChartLine::new().set_color(Color::RGB(color)).set_width(2));
    format
}

fn fill(color: u32) -> ChartFormat {
    let mut format = ChartFormat::new();
    format.set_solid_fill(ChartSolidFill::new().set_color(Color::RGB(color)));
    format
}

fn marker(color: u32) -> ChartMarker {
    let mut marker = ChartMarker::new();
    marker.set_type(ChartMarkerType::Circle).set_size(8).set_format(&mut fill(color));
    marker
}

fn sized(mut chart: Chart, title: &str, says: &str) -> Chart {
    chart.title().set_name(title);
    chart.set_width(860).set_height(380).set_alt_text(says);
    chart
}

/// Each option at its cost and its risk, with its name.
fn options(ranges: &Ranges<'_>, currency: DisplayCurrency) -> Chart {
    cost_and_risk(
        ranges,
        currency,
        "options",
        "Options: cost against loss of the worst years",
        "Scatter of the options: planned cost a month across, mean loss of the worst years upward.",
    )
}

/// Each plan of the frontier, today and what is recommended at their cost and risk, with their names.
fn frontier(ranges: &Ranges<'_>, currency: DisplayCurrency) -> Chart {
    cost_and_risk(
        ranges,
        currency,
        "plans",
        "Plans from the cheapest to the safest: cost against loss of the worst years",
        "Scatter of the plans: planned cost a month across, mean loss of the worst years upward.",
    )
}

/// Each row at its cost and its risk, with its name.
fn cost_and_risk(
    ranges: &Ranges<'_>,
    currency: DisplayCurrency,
    what: &str,
    title: &str,
    says: &str,
) -> Chart {
    let mut chart = sized(Chart::new(ChartType::Scatter), title, says);
    let labels: Vec<ChartDataLabel> = (0..ranges.table.rows.len())
        .map(|row| {
            let cell = format!("='{}'!$A${}", ranges.sheet, HEADER_ROW + 2 + row as u32);
            ChartDataLabel::new().set_value(&cell).to_custom()
        })
        .collect();
    let mut position = ChartDataLabel::new();
    position.set_position(ChartDataLabelPosition::Above).show_value();
    chart
        .add_series()
        .set_name(what)
        .set_categories(ranges.column("cost a month"))
        .set_values(ranges.column("mean loss of the worst years"))
        .set_marker(&marker(PLAN))
        .set_data_label(&position)
        .set_custom_data_labels(&labels);
    chart.legend().set_hidden();
    chart
        .x_axis()
        .set_name(&format!("cost a month, {}", currency.code()))
        .set_num_format("#,##0")
        .set_major_gridlines(false);
    chart
        .y_axis()
        .set_name(&format!("mean loss of the worst years, {}", currency.code()))
        .set_num_format("#,##0")
        .set_min(0);
    chart
}

fn exceedance(ranges: &Ranges<'_>, currency: DisplayCurrency) -> Chart {
    let mut chart = sized(
        Chart::new(ChartType::ScatterStraightWithMarkers),
        "Annual loss that is exceeded once in so many years",
        "Curves of today and of the plan: return period in years across, annual loss upward.",
    );
    for (name, color) in [("today", TODAY), ("with the plan", PLAN)] {
        chart
            .add_series()
            .set_name(name)
            .set_categories(ranges.column("years"))
            .set_values(ranges.column(name))
            .set_format(&mut line(color))
            .set_marker(&marker(color));
    }
    chart.legend().set_position(ChartLegendPosition::Bottom);
    chart.x_axis().set_name("years").set_log_base(10).set_num_format("#,##0").set_major_gridlines(false);
    chart.y_axis().set_name(&format!("annual loss, {}", currency.code())).set_num_format("#,##0").set_min(0);
    chart
}

fn bars(ranges: &Ranges<'_>, rows: std::ops::Range<usize>, title: &str) -> Chart {
    let mut chart = sized(
        Chart::new(ChartType::Bar),
        title,
        "Bars of the share of business value, today and with the plan.",
    );
    for (name, color) in [("today", TODAY), ("with the plan", PLAN)] {
        chart
            .add_series()
            .set_name(name)
            .set_categories(ranges.rows("key", rows.clone()))
            .set_values(ranges.rows(name, rows.clone()))
            .set_format(&mut fill(color))
            .set_gap(60);
    }
    chart.legend().set_position(ChartLegendPosition::Bottom);
    // Of lying bars, the upright axis has the names: the first is at the top.
    chart.y_axis().set_reverse();
    chart.x_axis().set_num_format("0%").set_min(0).set_max(1);
    chart.set_width(560);
    chart
}
