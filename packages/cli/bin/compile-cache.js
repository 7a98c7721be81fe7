"use strict";

const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { enableCompileCache } = require("node:module");

/**
 * Keeps what was compiled for the next start, which halves its time. What lies in the cache is run as code, so it is a
 * directory that belongs to this user and is closed to others. Without one Muster starts all the same.
 */
module.exports = function keepCompiled() {
  try {
    const directory = path.join(cacheDirectory(process.env), "compiled");
    makeDirectories(directory);
    if (isOurs(fs.lstatSync(directory))) enableCompileCache(directory);
  } catch (thrown) {
    if (process.env.MUSTER_DEBUG) process.stderr.write(`muster: no compile cache: ${thrown.message}\n`);
  }
};

/** Node's own recursive mkdir never returns where nothing can be made below a directory that is there, as in /proc. */
function makeDirectories(directory) {
  if (fs.existsSync(directory)) return;
  makeDirectories(path.dirname(directory));
  fs.mkdirSync(directory, { mode: 0o700 });
}

function cacheDirectory(env) {
  if (env.MUSTER_CACHE_DIR) return path.resolve(env.MUSTER_CACHE_DIR);
  const cacheHome = env.XDG_CACHE_HOME;
  if (cacheHome && path.isAbsolute(cacheHome)) return path.join(cacheHome, "muster");
  return path.join(env.HOME || os.homedir(), ".cache", "muster");
}

function isOurs(stats) {
  const { uid, mode } = stats;
  return stats.isDirectory() && (mode & 0o077) === 0 && (process.getuid === undefined || uid === process.getuid());
}
