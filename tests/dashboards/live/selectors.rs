//! What an expression selects.

use promql_parser::parser::{self, Expr, MatrixSelector, VectorSelector};
use promql_parser::util::{ExprVisitor, walk_expr};

/// The selectors of an expression, without what moves them in time.
pub(crate) fn selectors(expr: &str) -> Result<Vec<String>, String> {
    struct Selectors(Vec<String>);
    impl ExprVisitor for Selectors {
        type Error = String;
        fn pre_visit(&mut self, expr: &Expr) -> Result<bool, String> {
            if let Expr::VectorSelector(selector)
            | Expr::MatrixSelector(MatrixSelector { vs: selector, .. }) = expr
            {
                let here = VectorSelector::new(selector.name.clone(), selector.matchers.clone());
                self.0.push(here.to_string());
            }
            Ok(true)
        }
    }
    let mut found = Selectors(Vec::new());
    walk_expr(&mut found, &parser::parse(expr)?)?;
    Ok(found.0)
}

#[test]
fn selectors_are_found_wherever_they_stand() {
    let expr =
        r#"sum by (a) (rate(x{b="c"}[5m] offset 1h)) / on (a) (y > 0) or max_over_time(z[1h:1m])"#;
    assert_eq!(selectors(expr).unwrap(), [r#"x{b="c"}"#, "y", "z"]);
    assert!(selectors("sum(").is_err());
}
