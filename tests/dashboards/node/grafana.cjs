// Grafana's own code, in a process that has no browser.

'use strict';

// Some versions of Node have a `navigator` of their own, which lacks what is asked for here.
Object.defineProperty(globalThis, 'navigator', {
  value: { language: 'en', languages: ['en'], userAgent: 'node' },
});
const data = require('./grafana-data.cjs');
// Only now: at its start the code takes a window for a real browser.
globalThis.window ??= {};

// One of them is there under two names.
const transformers = new Map(Object.values(data.standardTransformers).map((one) => [one.id, one]));
data.standardTransformersRegistry.setInit(() =>
  [...transformers].map(([id, transformer]) => ({
    id,
    name: transformer.name,
    transformation: async () => transformer,
  })),
);

module.exports = data;
