/** `glim init FOLDER`: writes a project that builds and tests as it stands. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, Option } from "commander";
import { Misuse } from "../terminal/failure.ts";
import { runCommand } from "../terminal/run-command.ts";
import { shownPath } from "../terminal/shown-path.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { installedVersion } from "../terminal/version.ts";
import { writeTogether } from "../terminal/write-together.ts";
import { type Done, jsonOption } from "./command.ts";

const kinds = ["app", "library", "worker"] as const;

interface InitOptions {
  readonly kind: (typeof kinds)[number];
  readonly json?: boolean;
}

/** Beside the sources: the package ships them as they are. */
const templates = fileURLToPath(new URL("../../../cli/templates/", import.meta.url));

export function addInit(program: Command, done: Done): void {
  program
    .command("init")
    .description("write a project that builds and tests as it stands")
    .argument("<folder>", "the folder to write to; it is made if need be")
    .addOption(
      new Option(
        "--kind <kind>",
        "app: a page, with Vite; library: a package; worker: for hosts that compile what they deploy",
      )
        .choices(kinds)
        .default("app"),
    )
    .option(...jsonOption)
    .action(async (folder: string, options: InitOptions) =>
      done(await runCommand(options.json ?? false, async (t) => init(folder, options.kind, t))),
    );
}

function init(folder: string, kind: InitOptions["kind"], terminal: Terminal): void {
  const root = path.resolve(folder);
  if (existsSync(root) && readdirSync(root).some((name) => name !== ".git")) {
    throw new Misuse(`${shownPath(root)} is not empty; choose a new folder`);
  }
  const values = { name: packageName(root), glim: `^${installedVersion()}` };
  const files = new Map(
    ["shared", kind].flatMap((template) => [
      ...readTemplate(path.join(templates, template), values),
    ]),
  );
  writeTogether(new Map([...files].map(([name, text]) => [path.join(root, name), text])));
  const names = [...files.keys()].sort();
  terminal.printJson({ ok: true, folder: root, kind, files: names });
  const shown = path.relative(process.cwd(), root) || ".";
  const start = kind === "app" ? "npm run dev" : "npm test";
  terminal.print(
    [
      ...names.map((name) => path.join(shown, name)),
      "",
      `Next: ${shown === "." ? "" : `cd ${shown} && `}npm install && ${start}`,
    ].join("\n"),
  );
}

/** What npm takes for a name: the folder's, as far as its letters go. */
function packageName(root: string): string {
  const name = path
    .basename(root)
    .toLowerCase()
    .replace(/[^a-z\d._-]+/g, "-");
  return name.replace(/^[._-]+|-+$/g, "") || "project";
}

/** The files of a template, with `{{name}}` and the like filled in. */
function* readTemplate(
  folder: string,
  values: Readonly<Record<string, string>>,
): Iterable<readonly [string, string]> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    // A package cannot contain a .gitignore: npm takes it for its own.
    const name = path.relative(folder, file).replace(/^_gitignore$/, ".gitignore");
    const text = readFileSync(file, "utf8");
    yield [name, text.replace(/\{\{(\w+)\}\}/g, (whole, key: string) => values[key] ?? whole)];
  }
}
