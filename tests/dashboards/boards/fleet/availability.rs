//! How each endpoint stood in the course of time.

use wsus_probe::metrics::table::endpoint as table;

use super::super::standing::{Over, STANDINGS, STEP, in_state, of, standing};
use super::super::to_endpoint;
use crate::grafana::panel::Panel;
use crate::grafana::query::Query;

/// Rows that can be read without scrolling.
const ROWS: u32 = 10;

/// Of those with a patch window.
const PATCH_ROWS: u32 = 5;

/// Steps of a timeline. Each is the worst of its time, so that nothing short is lost.
const POINTS: u32 = 200;

/// What a row needs is 1; axis, title and legend take the rest.
const AROUND: u32 = 3;

pub(super) fn panels() -> Vec<Panel> {
    let standing = standing(Over::Step, "dc, endpoint");
    let open = of(&table::PATCH_WINDOW, "");
    let had_window =
        format!("(max by (dc, endpoint) (max_over_time({open}[$__range] @ end())) == 1)");
    let timeline = |title: &str, description: &str, rows: u32, expr: String| {
        Panel::timeline(title, description)
            .size(24, rows + AROUND)
            .query(Query::range(expr).legend("{{dc}} {{endpoint}}").min_step(STEP))
            .points(POINTS)
            // The colours alone are not for everybody.
            .option("showValue", serde_json::json!("auto"))
            .unit("short")
            .values(STANDINGS)
            .link("Open the endpoint", &to_endpoint("__field.labels.endpoint"))
    };
    vec![
        timeline(
            "State of the endpoints",
            &format!(
                "From all vantage points together, the worst of each step. A gap: nobody reported. \
                 Partly: it works from some of them, look at the path. Warnings: it works, but \
                 something should be done. Of more than {ROWS} endpoints those are shown \
                 that were down longest in this range, then those with warnings longest; choose \
                 data centers above to see others."
            ),
            ROWS,
            format!("{standing} and on (dc, endpoint) topk({ROWS}, {})", badness()),
        ),
        timeline(
            "State while the patch window was open",
            &format!(
                "The same, only while the nightly patch window of the endpoint was open: whatever \
                 is not green here kept servers from their updates. At most {PATCH_ROWS} \
                 endpoints, the worst. Empty where no window was open in this range, or none is \
                 configured."
            ),
            PATCH_ROWS,
            format!(
                "{standing} \
                 and on (dc, endpoint) (max by (dc, endpoint) (max_over_time({open}[$__interval])) == 1) \
                 and on (dc, endpoint) topk({PATCH_ROWS}, {} and on (dc, endpoint) {had_window})",
                badness()
            ),
        ),
    ]
}

/// The higher the longer an endpoint was down in the range; where that is equal, the longer it
/// was not healthy. The same at every step, so that rows do not come and go.
fn badness() -> String {
    let share = |state| {
        format!("avg by (dc, endpoint) (avg_over_time({}[$__range] @ end()))", in_state(state))
    };
    format!("{} - 0.001 * {}", share("down"), share("healthy"))
}
