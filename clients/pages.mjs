// The pages of docs/api, followed word for word: every block for a shell is run, one after the other, and what
// stands in the block of JSON or text behind it must come out.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BLOCK = /^```(\w+)\n([\s\S]*?)^```$/gm;
const MARK = "\u0001 the block ends\n";

/** The blocks of a page: each what a shell is given, with what must come out. */
function blocks(text) {
  const found = [];
  for (const [, kind, content] of text.matchAll(BLOCK)) {
    if (kind === "sh") found.push({ script: content });
    else if ((kind === "json" || kind === "text") && found.length) found.at(-1).expected = { kind, content };
  }
  return found;
}

/** Runs the blocks of a page in one shell, and gives what each said. */
async function follow(server, scripts) {
  const directory = await mkdtemp(join(tmpdir(), "mukalma-page-"));
  const script = scripts.map((one) => `${one}printf '%s' '${MARK}'\n`).join("");
  const shell = spawn("bash", ["-euo", "pipefail"], {
    cwd: directory,
    env: { ...process.env, PASSWORD: server.password },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let [said, complaints] = ["", ""];
  shell.stdout.setEncoding("utf8").on("data", (text) => (said += text));
  shell.stderr.setEncoding("utf8").on("data", (text) => (complaints += text));
  shell.stdin.on("error", () => {});
  shell.stdin.end(script.replaceAll("http://127.0.0.1:8080", new URL(server.http).origin));
  const code = await new Promise((done) => shell.on("close", done));
  await rm(directory, { recursive: true, force: true });
  const parts = said.split(MARK);
  if (code !== 0) {
    throw new Error(`block ${parts.length} ended with ${code}:\n${complaints}\n${scripts[parts.length - 1]}`);
  }
  return parts.slice(0, -1);
}

/** Whether a value is what a page shows; "…" stands for whatever comes there. */
function compare(found, shown, where) {
  if (shown === "…") return;
  if (shown === null || typeof shown !== "object") {
    assert.deepEqual(found, shown, where);
    return;
  }
  assert.ok(found && typeof found === "object", where);
  assert.deepEqual(Object.keys(found).sort(), Object.keys(shown).sort(), where);
  for (const key of Object.keys(shown)) compare(found[key], shown[key], where);
}

function looksLike(said, { kind, content }, where) {
  if (kind === "text") {
    assert.equal(said.trim(), content.trim(), where);
    return;
  }
  // A status may stand below the answer.
  const split = (text) => /^([\s\S]*[}\]])\s*(\d{3})?\s*$/.exec(text.trim())?.slice(1) ?? [text];
  const [found, foundStatus] = split(said);
  const [shown, shownStatus] = split(content);
  assert.equal(foundStatus, shownStatus, where);
  compare(JSON.parse(found), JSON.parse(shown), `${where}\nIt said:\n${said}\n`);
}

/** A check for each page. */
export const ofPages = (root) => {
  const folder = join(root, "docs", "api");
  const checks = {};
  for (const name of readdirSync(folder).sort()) {
    const page = blocks(readFileSync(join(folder, name), "utf8"));
    // A page without an answer only shows.
    if (!page.some((one) => one.expected)) continue;
    checks[`docs/api/${name}: what it shows is what comes out`] = async (server) => {
      const said = await follow(
        server,
        page.map((one) => one.script),
      );
      page.forEach((one, at) => {
        if (one.expected) looksLike(said[at], one.expected, `block ${at + 1}:\n${one.script}`);
      });
    };
  }
  return checks;
};
