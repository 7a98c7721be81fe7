#!/usr/bin/env node
// This file has to be understood by any Node, however old, so that it can say what is needed: it is CommonJS (see the
// package.json beside it) and uses nothing younger than 2016.
"use strict";

const NEEDED = 24;

if (Number.parseInt(process.versions.node, 10) < NEEDED) {
  process.stderr.write(
    `muster needs Node ${NEEDED} or newer, and this is Node ${process.versions.node} (${process.execPath}).\n` +
      "  next: in a clone of Muster, `npm ci` brings the right one, and `npx muster` uses it;\n" +
      "        elsewhere install it from https://nodejs.org/.\n",
  );
  process.exitCode = 1;
} else {
  // What runs for ever is idle nearly always, and room for young objects that grew while modules were loaded would stay:
  // 10 MB with 1000 instances, 17 MB with 10,000. Later is too late.
  if (process.argv[2] === "serve" || process.argv[2] === "watch") {
    require("node:v8").setFlagsFromString("--semi-space-growth-factor=1");
  }
  require("./compile-cache.js")();
  // A clone runs from its sources, whatever else lies there; what was built has none.
  const fromSource = require("node:fs").existsSync(require("node:path").join(__dirname, "../src"));
  require(fromSource ? "../src/main.ts" : "../dist/main.js").main();
}
