// Dashboards against the JSON schema of Grafana's types, as `strict.ts` puts them together.

'use strict';

const Ajv = require('ajv').default;
const path = require('path');
const { createGenerator } = require('ts-json-schema-generator');
const { finding, overridden, panels } = require('./dashboards.cjs');

/** Functions that validate a dashboard, and each kind of panel: one by its kind explains itself,
 * where a union would tell what is wrong for every kind. */
function validators() {
  const generator = createGenerator({
    path: path.join(__dirname, 'strict.ts'),
    tsconfig: path.join(__dirname, 'tsconfig.json'),
    type: 'StrictDashboard',
    expose: 'none',
    topRef: false,
  });
  const schema = generator.createSchema('StrictDashboard');
  const root = schema.definitions?.StrictDashboard ?? schema;
  const kinds = new Map();
  const items = root.properties.panels.items;
  for (const kind of items.anyOf) kinds.set(kind.properties.type.const, kind);
  const ajv = new Ajv({ allErrors: true, strict: false });
  // Panels are told one by one.
  root.properties.panels.items = {};
  const row = kinds.get('row');
  row.properties.panels.items = {};
  const compiled = [...kinds].map(([kind, part]) => [kind, ajv.compile(part)]);
  return { dashboard: ajv.compile(root), kinds: new Map(compiled) };
}

/** What stands at a path in a value. */
function at(value, path) {
  return path.split('/').slice(1).reduce((inner, name) => inner?.[name], value);
}

/** The errors of ajv, one line each. Of a value that may be one of several, that it is none of them
 * says more than what is wrong with it as each of them. */
function lines(validate, value) {
  if (validate(value)) return [];
  const { errors } = validate;
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf').map((error) => error.instancePath);
  const inside = (path) => unions.some((union) => path === union || path.startsWith(`${union}/`));
  const told = errors.filter((error) => error.keyword === 'anyOf' || !inside(error.instancePath));
  return told.map(({ instancePath, keyword, message, params }) => {
    const seen = keyword === 'anyOf' ? JSON.stringify(at(value, instancePath)) : '';
    const more = params.additionalProperty ?? params.allowedValues?.join(', ') ?? seen;
    return `${instancePath || '/'} ${message}${more && `: ${more}`}`;
  });
}

function check(boards) {
  const { dashboard, kinds } = validators();
  const findings = [];
  for (const board of boards) {
    const report = (panel, text) => findings.push(finding(board, panel, 'schema', text));
    for (const line of lines(dashboard, board.json)) report(undefined, line);
    const rows = board.json.panels.filter((panel) => panel.type === 'row');
    for (const panel of [...rows, ...panels(board)]) {
      const validate = kinds.get(panel.type);
      if (!validate) {
        report(panel, `kind ${panel.type} is not in strict.ts: correct it, or add it there`);
        continue;
      }
      const own = lines(validate, panel);
      for (const line of own) report(panel, line);
      for (const override of panel.fieldConfig?.overrides ?? []) {
        const matcher = JSON.stringify(override.matcher.options);
        const fresh = lines(validate, overridden(panel, override));
        for (const line of fresh.filter((line) => !own.includes(line))) {
          report(panel, `override of ${matcher}: ${line}`);
        }
      }
    }
  }
  return findings;
}

module.exports = { check };
