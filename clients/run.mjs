// Tries the server with clients that others wrote, on both databases, and prints one line a check.
//
//   node run.mjs BINARY ROOT PYTHON POSTGRES
//
// `cargo xtask clients` installs what is needed and calls it.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const [binary, root, python, postgres] = process.argv.slice(2);
const schema = join(root, "schema.graphql");
process.env.MUKALMA_CLIENTS_SCHEMA = schema;

// What they load may look for the schema, which is named only now.
const { check, close, Skipped } = await import("./report.mjs");
const { Server, answers } = await import("./server.mjs");
const { ofFile, ofServer } = await import("./schema.mjs");
const { default: http } = await import("./http.mjs");
const { default: clients } = await import("./clients.mjs");
const { ofPages } = await import("./pages.mjs");
const { default: sockets } = await import("./sockets.mjs");

const run = promisify(execFile);

const others = {
  "gql (Python): a query, a mutation and a resumed subscription": async ({ http, ws, token }) => {
    const env = { ...process.env, MUKALMA_CLIENTS_SERVER: JSON.stringify({ http, ws, token }) };
    await run(python, ["gql_client.py"], { cwd: import.meta.dirname, env, timeout: 100_000 }).catch((error) => {
      throw new Error(error.stderr || error.message);
    });
  },
};

for (const [name, body] of Object.entries(ofFile(schema, root))) await check(name, body);

for (const url of [undefined, postgres]) {
  const database = url ? "PostgreSQL" : "SQLite";
  let server;
  await check(`${database}: the server starts`, async () => {
    if (url && !process.env.CI && !(await answers(url))) throw new Skipped("no PostgreSQL answers here");
    server = await Server.start(binary, url);
  });
  if (!server) continue;
  const checks = { ...ofServer(schema), ...http, ...clients, ...others, ...sockets, ...ofPages(root) };
  for (const [name, body] of Object.entries(checks)) await check(`${database}: ${name}`, () => body(server));
  await check(`${database}: the server stops`, () => server.stop());
}

process.exit(close() ? 0 : 1);
