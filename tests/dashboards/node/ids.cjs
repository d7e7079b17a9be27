// Names that Grafana looks up in its registries, and takes for something else, or for nothing,
// where they are misspelled: units, transformations, calculations and matchers.

'use strict';

const { finding, overridden, panels } = require('./dashboards.cjs');
const data = require('./grafana.cjs');

const units = new Set(data.getValueFormats().flatMap((group) => group.submenu.map(({ value }) => value)));
const transformations = new Set(data.standardTransformersRegistry.list().map(({ id }) => id));
const colors = new Set(data.fieldColorModeRegistry.list().map(({ id }) => id));

/** All values under this key, however deep. */
function under(value, key) {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(name === key ? [inner] : []),
    ...under(inner, key),
  ]);
}

/** What is used that nobody knows, as `what: name`. */
function unknown(panel) {
  const matched = (panel.fieldConfig?.overrides ?? []).map((override) => overridden(panel, override));
  const all = [panel, ...matched];
  const used = [
    // Grafana takes an unknown unit for a text to be appended: `secs` would show "3 secs".
    ['unit', under(all, 'unit'), (id) => units.has(id)],
    ['transformation', (panel.transformations ?? []).map(({ id }) => id), (id) => transformations.has(id)],
    ['calculation', under(all, 'calcs').flat(), (id) => data.isReducerID(id)],
    ['calculation', under(all, 'reducer').flat(), (id) => data.isReducerID(id)],
    ['matcher', under(all, 'matcher').map(({ id }) => id), (id) => data.fieldMatchers.getIfExists(id)],
    ['color mode', under(panel.fieldConfig, 'color').map((color) => color.mode), (id) => !id || colors.has(id)],
  ];
  return used.flatMap(([what, ids, known]) => ids.filter((id) => !known(id)).map((id) => `${what}: ${id}`));
}

function check(boards) {
  const findings = [];
  for (const board of boards) {
    for (const panel of panels(board)) {
      for (const text of new Set(unknown(panel))) {
        findings.push(finding(board, panel, 'ids', `Grafana knows no such ${text}`));
      }
    }
  }
  return findings;
}

module.exports = { check };
