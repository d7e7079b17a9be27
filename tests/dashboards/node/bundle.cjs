// Makes one file of Grafana's code. Some of what it needs comes as ECMAScript modules only, which
// Node takes into code of the older kind only from 20.19 on.

'use strict';

const esbuild = require('esbuild');

esbuild.buildSync({
  entryPoints: [require.resolve('@grafana/data')],
  bundle: true,
  format: 'cjs',
  logLevel: 'error',
  outfile: `${__dirname}/grafana-data.cjs`,
  platform: 'node',
});
