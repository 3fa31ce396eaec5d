// What tools that others wrote say of schema.graphql.

import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { CriticalityLevel, diff } from "@graphql-inspector/core";
import { ESLint } from "eslint";
import { buildClientSchema, buildSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema } from "graphql";

import { Skipped } from "./report.mjs";

const run = promisify(execFile);
const here = import.meta.dirname;
const tool = (name) => join(here, "..", "node_modules", ".bin", name);

/** Everything an introspection can tell of a schema, in one order. */
const told = (schema) => printSchema(lexicographicSortSchema(schema));

/** The checks of a file. */
export const ofFile = (file, root) => ({
  "@graphql-eslint: recommended and relay rules": async () => {
    const eslint = new ESLint({ cwd: here, overrideConfigFile: join(here, "eslint.config.mjs") });
    const results = await eslint.lintText(readFileSync(file, "utf8"), { filePath: join(here, "schema.graphql") });
    const found = results.flatMap((result) => result.messages);
    if (found.length) {
      throw new Error(found.map((one) => `line ${one.line}: ${one.message} (${one.ruleId})`).join("\n"));
    }
  },

  "@graphql-codegen: the client preset makes types that compile": async () => {
    await rm(join(here, "generated"), { recursive: true, force: true });
    const made = await run(tool("graphql-codegen"), ["--config", "codegen.mjs"], { cwd: here }).catch((error) => {
      throw new Error(`${error.stdout}\n${error.stderr}`);
    });
    const said = `${made.stdout}\n${made.stderr}`;
    if (/warn|deprecat|error|fail|✖/i.test(said)) throw new Error(`it complains:\n${said}`);
    const options = ["--noEmit", "--strict", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"];
    await run(tool("tsc"), [...options, "generated/index.ts"], { cwd: here }).catch((error) => {
      throw new Error(error.stdout);
    });
  },

  "graphql-inspector diff: nothing breaks since the last tag": async () => {
    const git = (...words) => execFileSync("git", ["-C", root, ...words], { encoding: "utf8", stdio: "pipe" });
    let before;
    let tag;
    try {
      tag = git("describe", "--tags", "--abbrev=0").trim();
      before = git("show", `${tag}:schema.graphql`);
    } catch {
      throw new Skipped(tag ? `${tag} has no schema.graphql` : "there is no tag to compare with");
    }
    const changes = await diff(buildSchema(before), buildSchema(readFileSync(file, "utf8")));
    const breaking = changes.filter((change) => change.criticality.level === CriticalityLevel.Breaking);
    if (breaking.length) throw new Error(breaking.map((change) => `since ${tag}: ${change.message}`).join("\n"));
  },
});

/** The check of a server by the file. */
export const ofServer = (file) => ({
  "introspection: equal to schema.graphql": async (server) => {
    const query = getIntrospectionQuery({
      descriptions: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      // Of the schema itself, the library says a sentence of its own.
      schemaDescription: false,
      inputValueDeprecation: true,
      oneOf: true,
    });
    const served = buildClientSchema(await server.send(query, {}));
    const written = buildSchema(readFileSync(file, "utf8"));
    const [found, expected] = [told(served).split("\n"), told(written).split("\n")];
    const at = expected.findIndex((line, at) => line !== found[at]);
    if (at < 0 && found.length === expected.length) return;
    const from = Math.max(at - 3, 0);
    const lines = (all) => all.slice(from, at + 4).join("\n  ");
    throw new Error(`they part:\nthe server\n  ${lines(found)}\nschema.graphql\n  ${lines(expected)}`);
  },
});
