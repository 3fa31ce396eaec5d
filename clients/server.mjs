// The server as it was built, on a database of its own.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import pg from "pg";

import { within } from "./report.mjs";

// A server does not outlive whoever started it.
const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

/** A demonstration that runs on a database, with what a client needs to reach it. */
export class Server {
  /** Starts the binary on SQLite, or on a new database of the PostgreSQL that is named. */
  static async start(binary, postgres) {
    const server = new Server();
    server.database = postgres ? "PostgreSQL" : "SQLite";
    server.password = randomBytes(12).toString("hex");
    server.directory = await mkdtemp(join(tmpdir(), "mukalma-clients-"));
    if (postgres) await server.#makeDatabase(postgres);
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith("MUKALMA_"));
    server.child = spawn(binary, ["serve", "--demo"], {
      cwd: server.directory,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...Object.fromEntries(own),
        MUKALMA_LISTEN: "127.0.0.1:0",
        MUKALMA_DATA_DIR: join(server.directory, "data"),
        MUKALMA_DEMO_PASSWORD: server.password,
        // So that the check of the time to initialise need not wait for long.
        MUKALMA_WEBSOCKET_INIT_TIMEOUT_SECONDS: "1",
        ...(postgres && { MUKALMA_DATABASE_URL: server.url.href }),
      },
    });
    running.add(server.child);
    try {
      await within(120_000, server.#listens(), "the server's first page");
      server.token = await server.signIn("demo-civil");
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  async #makeDatabase(postgres) {
    this.admin = postgres;
    this.url = new URL(postgres);
    this.url.pathname = `/mukalma_clients_${randomBytes(6).toString("hex")}`;
    await asAdmin(postgres, `CREATE DATABASE ${this.url.pathname.slice(1)}`);
  }

  /** Reads what the server says until it tells where it listens. */
  #listens() {
    return new Promise((found, refuse) => {
      let said = "";
      const hear = (words) => {
        said = (said + words).slice(-20_000);
        const address = said.match(/Mukalma listens on http:\/\/(\S+)/);
        if (address) {
          this.http = `http://${address[1]}/graphql`;
          this.ws = `ws://${address[1]}/graphql/ws`;
          this.sse = `http://${address[1]}/graphql/stream`;
          found();
        }
      };
      this.child.stdout.on("data", hear);
      this.child.stderr.on("data", hear);
      this.child.on("error", refuse);
      this.child.on("exit", (code) => {
        // Whoever waits for the server to stop hears it elsewhere.
        const last = said.replaceAll(this.password, "…").trim();
        refuse(new Error(`the server ended with ${code}:\n${last}`));
      });
    });
  }

  /** The header that presents the token. */
  get headers() {
    return { authorization: `Bearer ${this.token}` };
  }

  /** Sends an operation without any client's library. */
  async send(query, variables, headers = this.headers) {
    const response = await fetch(this.http, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const answer = await response.json();
    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
    return answer.data;
  }

  async signIn(login) {
    const { signIn } = await this.send(
      `mutation($input: SignInInput!) { signIn(input: $input) { session { token } userErrors { code } } }`,
      { input: { login, password: this.password } },
      {},
    );
    if (!signIn.session) throw new Error(`${login} cannot sign in: ${JSON.stringify(signIn.userErrors)}`);
    return signIn.session.token;
  }

  async stop() {
    if (this.child?.exitCode === null && this.child.signalCode === null && this.child.pid) {
      const gone = new Promise((done) => this.child.once("exit", done));
      this.child.kill("SIGKILL");
      await gone;
    }
    running.delete(this.child);
    if (this.url) await asAdmin(this.admin, `DROP DATABASE IF EXISTS ${this.url.pathname.slice(1)} WITH (FORCE)`);
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Whether PostgreSQL answers there. */
export async function answers(postgres) {
  return asAdmin(postgres, "SELECT 1").then(
    () => true,
    () => false,
  );
}

async function asAdmin(postgres, statement) {
  const client = new pg.Client({ connectionString: postgres });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
