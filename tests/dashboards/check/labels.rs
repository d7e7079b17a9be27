//! Which labels the result of an expression can have, by going through it from the inside out;
//! on the way, everything is found that names a series or a label that is not there.

use promql_parser::label::Matcher;
use promql_parser::parser::{
    AggregateExpr, BinaryExpr, Call, Expr, LabelModifier, VectorMatchCardinality, VectorSelector,
    token, value::ValueType,
};

use super::closed;
use super::known::{Known, Labels, Nature};

/// The rule that does not hold, and what was found.
pub(super) type Problem = (&'static str, String);

/// A walk through one expression.
pub(super) struct Flow<'a> {
    known: &'a Known,
    /// Only the value now is asked for: of what only rises it tells how much there was since some
    /// start, which may be shown, but not be compared or divided.
    instant: bool,
    /// How many operators are around.
    depth: usize,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Flow<'a> {
    pub(super) fn new(known: &'a Known, instant: bool) -> Self {
        Self { known, instant, depth: 0, problems: Vec::new() }
    }

    /// The labels that the result can have.
    pub(super) fn labels(&mut self, expr: &Expr) -> Labels {
        match expr {
            Expr::VectorSelector(selector) => {
                self.nature(selector, Nature::Now);
                self.selector(selector)
            }
            Expr::MatrixSelector(matrix) => self.selector(&matrix.vs),
            Expr::Paren(paren) => self.labels(&paren.expr),
            Expr::Unary(unary) => self.labels(&unary.expr),
            Expr::Subquery(subquery) => self.labels(&subquery.expr),
            Expr::Aggregate(aggregate) => self.aggregate(aggregate),
            Expr::Binary(binary) => self.binary(binary),
            Expr::Call(call) => self.call(call),
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => Labels::new(),
        }
    }

    fn problem(&mut self, rule: &'static str, text: String) {
        self.problems.push((rule, text));
    }

    fn selector(&mut self, selector: &VectorSelector) -> Labels {
        let name = selector.name.clone().unwrap_or_default();
        let Some(series) = self.known.get(&name) else {
            let text = format!("`{name}` is neither exported nor recorded: correct the name");
            self.problem("K01", text);
            return Labels::new();
        };
        for matcher in &selector.matchers.matchers {
            self.matcher(&name, &series.labels, matcher);
        }
        series.labels.clone()
    }

    fn matcher(&mut self, name: &str, labels: &Labels, matcher: &Matcher) {
        if !labels.contains(&matcher.name) {
            let text = format!("`{name}` has no label `{}`", matcher.name);
            self.problem("K02", text);
        }
        for value in closed::strangers(name, matcher) {
            let label = &matcher.name;
            let text = format!("`{name}` never has {label}=\"{value}\": correct the value");
            self.problem("K06", text);
        }
    }

    /// A selector that stands where this is asked of its values.
    fn nature(&mut self, selector: &VectorSelector, asked: Nature) {
        let name = selector.name.as_deref().unwrap_or_default();
        let Some(series) = self.known.get(name) else { return };
        match (series.nature, asked) {
            (Nature::Rising, Nature::Now) if self.instant && self.depth == 0 => {}
            (Nature::Rising, Nature::Now) => {
                let text = format!("`{name}` only rises since some start: ask for its rate()");
                self.problem("S36", text);
            }
            (Nature::Now, Nature::Rising) => {
                let text = format!("`{name}` goes up and down: rate() of it means nothing");
                self.problem("S36", text);
            }
            (Nature::Now, Nature::Now) | (Nature::Rising, Nature::Rising) => {}
        }
    }

    /// Labels that are named must be there, or grouping by them does nothing.
    fn named(&mut self, names: &[String], there: &Labels) {
        for name in names.iter().filter(|name| !there.contains(*name)) {
            self.problem("K03", format!("grouping by `{name}`, which is not there: remove it"));
        }
    }

    fn aggregate(&mut self, aggregate: &AggregateExpr) -> Labels {
        let op = aggregate.op.id();
        let inner = match (&*aggregate.expr, op) {
            // How many there are does not ask for their values.
            (Expr::VectorSelector(selector), token::T_COUNT | token::T_GROUP) => {
                self.selector(selector)
            }
            (expr, _) => self.labels(expr),
        };
        let mut left = match &aggregate.modifier {
            Some(LabelModifier::Include(names)) => {
                self.named(&names.labels, &inner);
                names.labels.iter().cloned().collect()
            }
            Some(LabelModifier::Exclude(names)) => {
                self.named(&names.labels, &inner);
                inner.iter().filter(|name| !names.labels.contains(name)).cloned().collect()
            }
            None => Labels::new(),
        };
        match op {
            token::T_TOPK | token::T_BOTTOMK | token::T_LIMITK | token::T_LIMIT_RATIO => inner,
            token::T_COUNT_VALUES => {
                left.extend(aggregate.param.as_deref().and_then(literal));
                left
            }
            _ => left,
        }
    }

    fn binary(&mut self, binary: &BinaryExpr) -> Labels {
        let op = binary.op.id();
        let set = binary.op.is_set_operator();
        self.depth += usize::from(!set);
        let left = self.labels(&binary.lhs);
        let right = match (&*binary.rhs, op) {
            // Whether it is there does not ask for its value.
            (Expr::VectorSelector(selector), token::T_LAND | token::T_LUNLESS) => {
                self.selector(selector)
            }
            (expr, _) => self.labels(expr),
        };
        self.depth -= usize::from(!set);
        if binary.lhs.value_type() == ValueType::Scalar {
            return right;
        }
        if binary.rhs.value_type() == ValueType::Scalar {
            return left;
        }
        let matching = binary.modifier.as_ref().and_then(|modifier| modifier.matching.as_ref());
        if let Some(LabelModifier::Include(names)) = matching {
            self.named(&names.labels, &left);
            self.named(&names.labels, &right);
        }
        match op {
            token::T_LOR => return left.union(&right).cloned().collect(),
            token::T_LAND | token::T_LUNLESS => return left,
            _ => {}
        }
        match binary.modifier.as_ref().map(|modifier| &modifier.card) {
            Some(VectorMatchCardinality::ManyToOne(names)) => {
                self.named(&names.labels, &right);
                left.into_iter().chain(names.labels.clone()).collect()
            }
            Some(VectorMatchCardinality::OneToMany(names)) => {
                self.named(&names.labels, &left);
                right.into_iter().chain(names.labels.clone()).collect()
            }
            _ => match matching {
                Some(LabelModifier::Include(names)) => names.labels.iter().cloned().collect(),
                Some(LabelModifier::Exclude(names)) => {
                    left.into_iter().filter(|name| !names.labels.contains(name)).collect()
                }
                None => left,
            },
        }
    }

    fn call(&mut self, call: &Call) -> Labels {
        let rising = matches!(call.func.name, "rate" | "irate" | "increase" | "resets");
        let mut labels = Labels::new();
        for argument in &call.args.args {
            labels.extend(match (&**argument, call.func.name) {
                (Expr::MatrixSelector(matrix), name) => {
                    let over_time = name.ends_with("_over_time") || name == "changes";
                    if !matches!(name, "count_over_time" | "present_over_time" | "absent_over_time")
                    {
                        let now = over_time || name.ends_with("delta") || name == "deriv";
                        let asked = if now { Nature::Now } else { Nature::Rising };
                        if now || rising {
                            self.nature(&matrix.vs, asked);
                        }
                    }
                    self.selector(&matrix.vs)
                }
                (Expr::VectorSelector(selector), "absent" | "timestamp") => self.selector(selector),
                (argument, _) => self.labels(argument),
            });
        }
        match call.func.name {
            "histogram_quantile" if !labels.remove("le") => {
                self.problem("K03", "histogram_quantile needs `le`: keep it in by (…)".into());
            }
            "label_replace" | "label_join" => {
                labels.extend(call.args.args.get(1).and_then(|name| literal(name)));
            }
            "vector" | "scalar" | "time" => labels.clear(),
            _ => {}
        }
        labels
    }
}

fn literal(expr: &Expr) -> Option<String> {
    if let Expr::StringLiteral(text) = expr { Some(text.val.clone()) } else { None }
}
