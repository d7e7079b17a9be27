// What the checks have in common: dashboards, their panels, and findings.

'use strict';

const fs = require('fs');
const path = require('path');

/** One finding; `file` is the dashboard's file, `rule` the name that tests know it by. */
function finding(board, panel, rule, text) {
  const place = panel ? `${board.json.uid}, panel "${panel.title}" (id ${panel.id})` : board.json.uid;
  return { file: board.file, rule, place, text };
}

function read(file) {
  return { file: path.basename(file), json: JSON.parse(fs.readFileSync(file, 'utf8')) };
}

/** All panels but rows, of collapsed rows too. */
function panels(board) {
  const flat = board.json.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
  return flat.filter((panel) => panel.type !== 'row');
}

/** The panel as it is for what one override matches: a panel with other defaults. */
function overridden(panel, override) {
  const copy = structuredClone(panel);
  const defaults = copy.fieldConfig.defaults;
  for (const { id, value } of override.properties) {
    const custom = id.startsWith('custom.');
    const target = custom ? (defaults.custom ??= {}) : defaults;
    target[custom ? id.slice('custom.'.length) : id] = value;
  }
  copy.fieldConfig.overrides = [];
  return copy;
}

module.exports = { finding, overridden, panels, read };
