// Tables executed: what Prometheus answered goes through the transformations and the field
// matchers of Grafana, and every name in the panel must name a column.
//
// The answers are a list of {"dashboard": uid, "panel": id, "refId": "A", "format": "table",
// "response": body of /api/v1/query or /api/v1/query_range}. Several answers for one query are
// several runs of the panel, in their order: a name must name a column in one of them at least.

'use strict';

const fs = require('fs');
const path = require('path');
const { finding, panels } = require('./dashboards.cjs');
const data = require('./grafana.cjs');

const { FieldType } = data;

// Every value that a label with a closed list of them can have.
const values = JSON.parse(fs.readFileSync(path.join(__dirname, 'values.json'), 'utf8'));

/** [milliseconds, number] of each sample of a series. */
function samples({ value, values }) {
  return (values ?? [value]).map(([at, text]) => [at * 1000, Number(text)]);
}

/** One frame of all series, with a column for each label, as Grafana's Prometheus source makes it. */
function tableFrame(refId, series, several) {
  const names = [];
  for (const { metric } of series) {
    for (const label of Object.keys(metric).sort()) if (!names.includes(label)) names.push(label);
  }
  const rows = series.flatMap((one) => samples(one).map((sample) => ({ one, sample })));
  const column = (name, type, value) => ({ name, type, config: {}, values: rows.map(value) });
  const labels = names.map((name) =>
    column(name, name === 'le' ? FieldType.number : FieldType.string, ({ one }) => one.metric[name] ?? ''),
  );
  return data.toDataFrame({
    refId,
    fields: [
      column('Time', FieldType.time, ({ sample }) => sample[0]),
      ...labels,
      column(several ? `Value #${refId}` : 'Value', FieldType.number, ({ sample }) => sample[1]),
    ],
  });
}

/** A frame for each series, called by the legend. */
function seriesFrames(refId, series, legendFormat) {
  return series.map((one) => {
    const legend = (legendFormat ?? '').replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => one.metric[name] ?? '');
    const name = legend && legend !== '__auto' ? { displayNameFromDS: legend } : {};
    const [times, values] = [0, 1].map((part) => samples(one).map((sample) => sample[part]));
    return data.toDataFrame({
      refId,
      fields: [
        { name: 'Time', type: FieldType.time, config: {}, values: times },
        { name: 'Value', type: FieldType.number, config: name, labels: one.metric, values },
      ],
    });
  });
}

/** The frames of one run of a panel. */
function frames(panel, answers) {
  const tables = answers.filter(({ format }) => format === 'table').length;
  return answers.flatMap(({ refId, format, response }) => {
    const { result, resultType } = response.data;
    const scalar = resultType === 'scalar' ? [{ metric: {}, value: result }] : result;
    const target = panel.targets.find((target) => target.refId === refId);
    return format === 'table'
      ? [tableFrame(refId, scalar, tables > 1)]
      : seriesFrames(refId, scalar, target?.legendFormat);
  });
}

function transformed(list, input) {
  return new Promise((resolve, reject) => {
    let last = [];
    data.transformDataFrame(list, input).subscribe({
      next: (frames) => (last = frames),
      error: reject,
      complete: () => resolve(last),
    });
  });
}

/** The names by which columns can be meant. */
function columns(all) {
  return new Set(
    all.flatMap((frame) =>
      frame.fields.flatMap((field) => [field.name, data.getFieldDisplayName(field, frame, all)]),
    ),
  );
}

/** The columns that a transformation names. */
function named({ id, options = {} }) {
  const keys = (object) => Object.keys(object ?? {});
  switch (id) {
    case 'organize':
      return [options.renameByName, options.indexByName, options.excludeByName, options.includeByName].flatMap(keys);
    case 'joinByField':
    case 'seriesToColumns':
      return options.byField ? [options.byField] : [];
    case 'groupingToMatrix':
      return [options.columnField, options.rowField, options.valueField].filter(Boolean);
    case 'groupBy':
    case 'groupToNestedTable':
      return keys(options.fields);
    case 'sortBy':
      return (options.sort ?? []).map(({ field }) => field);
    case 'filterFieldsByName':
      return [options.include?.names, options.exclude?.names].flatMap((names) => names ?? []);
    case 'filterByValue':
      return (options.filters ?? []).map(({ fieldName }) => fieldName);
    case 'convertFieldType':
      return (options.conversions ?? []).map(({ targetField }) => targetField);
    case 'calculateField':
      return options.binary
        ? [options.binary.left, options.binary.right].map((side) => side?.matcher?.options ?? side).filter(isColumn)
        : (options.reduce?.include ?? []);
    default:
      return [];
  }
}

function isColumn(operand) {
  return typeof operand === 'string' && Number.isNaN(Number(operand));
}

/** The columns that links name. */
function linked(panel) {
  const text = JSON.stringify(panel.fieldConfig);
  const found = text.matchAll(/\$\{__data\.fields(?:\.(\w+)|\[\\?["']([^"'\\]+)\\?["']\])/g);
  return [...found].map(([, plain, quoted]) => plain ?? quoted);
}

/** Columns that other answers may bring: a matrix makes columns of values. */
function possible(transformations) {
  return transformations.some(({ id }) => id === 'groupingToMatrix') ? values : [];
}

/** What is missing in one run of a panel, as [key, text]. */
async function missing(panel, answers) {
  const found = [];
  const input = frames(panel, answers);
  const list = (panel.transformations ?? []).filter(({ disabled }) => !disabled);
  for (const [number, transformation] of list.entries()) {
    const before = list.slice(0, number);
    const there = columns(await transformed(before, input));
    const known = new Set([...there, ...possible(before)]);
    for (const name of named(transformation).filter((name) => !known.has(name))) {
      const text = `${transformation.id} names "${name}": there are only ${[...there].join(', ')}`;
      found.push([`${number} ${name}`, text]);
    }
  }
  const output = await transformed(list, input);
  if (!output.some((frame) => frame.length > 0)) found.push(['rows', 'no row is left to be shown']);
  const there = columns(output);
  const sorted = (panel.options?.sortBy ?? []).map(({ displayName }) => displayName);
  const shown = new Set([...there, ...displayed(panel)]);
  for (const name of sorted.filter((name) => !shown.has(name))) {
    found.push([`sort ${name}`, `sorted by "${name}": there are only ${[...there].join(', ')}`]);
  }
  for (const name of linked(panel).filter((name) => !shown.has(name))) {
    found.push([`link ${name}`, `a link names "${name}": there are only ${[...there].join(', ')}`]);
  }
  for (const { matcher } of panel.fieldConfig.overrides) {
    const matches = data.fieldMatchers.get(matcher.id).get(matcher.options);
    const some = output.some((frame) => frame.fields.some((field) => matches(field, frame, output)));
    if (some || renamed(list).has(matcher.options)) continue;
    const what = `${matcher.id} ${JSON.stringify(matcher.options)}`;
    found.push([`override ${what}`, `no column for ${what}: there are only ${[...there].join(', ')}`]);
  }
  return new Map(found);
}

/** What possible columns are called when they come. */
function renamed(list) {
  const all = possible(list);
  const names = list.flatMap(({ options }) => Object.entries(options?.renameByName ?? {}));
  const later = names.filter(([from]) => all.includes(from)).map(([, to]) => to);
  return new Set([...all, ...later]);
}

/** Names that overrides give to columns. */
function displayed(panel) {
  const properties = panel.fieldConfig.overrides.flatMap((override) => override.properties);
  return properties.filter(({ id }) => id === 'displayName').map(({ value }) => value);
}

/** The answers of one panel as runs: the first of each query, the second of each, and so on. */
function runs(answers) {
  const byRun = [];
  const seen = new Map();
  for (const answer of answers) {
    const number = seen.get(answer.refId) ?? 0;
    seen.set(answer.refId, number + 1);
    (byRun[number] ??= []).push(answer);
  }
  return byRun;
}

async function check(boards, answersFile) {
  const all = JSON.parse(fs.readFileSync(answersFile, 'utf8'));
  const findings = [];
  for (const board of boards) {
    for (const panel of panels(board)) {
      const own = all.filter(({ dashboard, panel: id }) => dashboard === board.json.uid && id === panel.id);
      if (panel.type === 'table' && own.length === 0) {
        findings.push(finding(board, panel, 'tables', 'no answer of Prometheus for this table'));
      }
      const results = [];
      for (const run of runs(own)) {
        const failed = (error) => new Map([['error', `Grafana's code fails: ${error.message}`]]);
        results.push(await missing(panel, run).catch(failed));
      }
      const [first, ...others] = results;
      for (const [key, text] of first ?? []) {
        if (others.every((other) => other.has(key))) findings.push(finding(board, panel, 'tables', text));
      }
    }
  }
  return findings;
}

module.exports = { check };
