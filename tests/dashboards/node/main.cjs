// node main.cjs CHECK[,CHECK] DASHBOARD.json...
// Checks: schema, ids, and tables=ANSWERS.json. The findings go to the standard output as a JSON
// list; the status is 0 whether or not there are any.

'use strict';

const { read } = require('./dashboards.cjs');

async function main([checks, ...files]) {
  const boards = files.map(read);
  const findings = [];
  for (const check of checks.split(',')) {
    const [name, argument] = check.split('=');
    findings.push(...(await require(`./${name}.cjs`).check(boards, argument)));
  }
  process.stdout.write(`${JSON.stringify(findings, null, 1)}\n`);
}

main(process.argv.slice(2));
