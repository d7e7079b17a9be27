// Grafana's own code, in a process that has no browser.

'use strict';

globalThis.navigator ??= { language: 'en', userAgent: 'node' };
const data = require('@grafana/data');
// Only now: at its start the code takes a window for a real browser.
globalThis.window ??= {};

const transformers = Object.values(data.standardTransformers);
data.standardTransformersRegistry.setInit(() =>
  transformers.map((transformer) => ({
    id: transformer.id,
    name: transformer.name,
    transformation: async () => transformer,
  })),
);

module.exports = data;
