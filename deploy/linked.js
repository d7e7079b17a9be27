// What cargo links into the program for a target: not what only builds or tests it.
"use strict";
const { execFileSync } = require("node:child_process");
const path = require("node:path");

const root = path.join(__dirname, "..");
const cargo = (...words) =>
  execFileSync("cargo", [...words, "--locked"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
    stdio: ["ignore", "pipe", "inherit"],
  });

// The packages of a target in order of their references, each with what it depends on; the program
// itself is `program`.
exports.linked = (target) => {
  const metadata = JSON.parse(cargo("metadata", "--format-version=1", `--filter-platform=${target}`));
  // The metadata knows one set of features for everything; the tree has those of the program alone.
  // A macro runs in the compiler, and nothing of it is in the program.
  const tree = ["--edges=normal,no-proc-macro", "--prefix=none", "--format={p}"];
  const named = new Set(
    cargo("tree", `--target=${target}`, ...tree)
      .split("\n")
      .map((line) => line.split(" ").slice(0, 2).join(" ")),
  );
  const isLinked = (one) => named.has(`${one.name} v${one.version}`);
  const packages = new Map(metadata.packages.filter(isLinked).map((one) => [one.id, one]));
  const nodes = new Map(metadata.resolve.nodes.map((one) => [one.id, one]));
  const reference = (id) => `pkg:cargo/${packages.get(id).name}@${packages.get(id).version}`;
  const inOrder = (ids) => ids.sort((one, other) => (reference(one) < reference(other) ? -1 : 1));
  const usual = (one) => one.dep_kinds.some((kind) => kind.kind === null) && packages.has(one.pkg);
  const all = inOrder([...packages.keys()]).map((id) => ({
    ...packages.get(id),
    reference: reference(id),
    dependsOn: inOrder(nodes.get(id).deps.filter(usual).map((one) => one.pkg)).map(reference),
  }));
  return { program: all.find((one) => one.id === metadata.resolve.root), all };
};
exports.root = root;
