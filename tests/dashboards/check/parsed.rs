//! Queries as trees. Parsing is by far the slowest part of the checks, and most queries are asked
//! for by several rules, so each is parsed once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use promql_parser::parser::{self, Expr};

use super::macros::replaced;

/// A query's tree, or why it has none.
pub(super) type Parsed = Rc<Result<Expr, String>>;

thread_local! {
    static KNOWN: RefCell<HashMap<String, Parsed>> = RefCell::default();
}

/// The tree of a query that may have variables and macros in it.
pub(super) fn parsed(query: &str) -> Parsed {
    exact(&replaced(query))
}

/// The tree of a query that has none.
pub(super) fn exact(query: &str) -> Parsed {
    KNOWN.with_borrow_mut(|known| {
        if let Some(parsed) = known.get(query) {
            return Rc::clone(parsed);
        }
        let parsed = Rc::new(parser::parse(query));
        known.insert(query.to_owned(), Rc::clone(&parsed));
        parsed
    })
}
