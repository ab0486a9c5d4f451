/** The file NAME.schedule.json beside a model file: what `glim tune` found, and every compilation takes. */

import { existsSync, readFileSync } from "node:fs";
import { scheduleFile } from "../compiler/diagnostics/catalog/loading.ts";
import type { ScheduleChoice, Schedules } from "../compiler/lower/fused/schedule-choice.ts";
import { fail } from "./terminal/failure.ts";
import { shownPath } from "./terminal/shown-path.ts";

const format = "glim-schedule-1";

/** What a choice may have, with its least and its greatest value. */
const limits = {
  tileRows: [1, 8],
  rowElements: [1, 2 ** 30],
  depth: [1, 2 ** 30],
} as const satisfies Readonly<Record<keyof ScheduleChoice, readonly [number, number]>>;

export const schedulePath = (model: string): string =>
  `${model.replace(/\.[cm]?tsx?$/, "")}.schedule.json`;

/**
 * The schedules beside a model file; undefined where there is no such file.
 *
 * @throws Failure where the file is none of schedules
 */
export function readSchedules(model: string): Schedules | undefined {
  const file = schedulePath(model);
  if (!existsSync(file)) return undefined;
  const refuse = (why: string): never => fail(scheduleFile(shownPath(file), why));
  let about: unknown;
  try {
    about = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  if (!isRecord(about) || about.format !== format || !isRecord(about.kernels)) {
    return refuse(`it is not of the form {"format": "${format}", "kernels": {…}}`);
  }
  const kernels = Object.entries(about.kernels);
  return new Map(
    kernels.map(([key, choice]) => [key, checkedChoice(choice, (why) => refuse(`${key}: ${why}`))]),
  );
}

export function writeSchedules(machine: string, schedules: Schedules): string {
  return `${JSON.stringify({ format, machine, kernels: Object.fromEntries(schedules) }, null, 2)}\n`;
}

function checkedChoice(choice: unknown, refuse: (why: string) => never): ScheduleChoice {
  if (!isRecord(choice)) return refuse("a choice is an object");
  for (const [name, n] of Object.entries(choice)) {
    if (!isChoice(name))
      return refuse(`there is no ${name}, only ${Object.keys(limits).join(", ")}`);
    const [least, most] = limits[name];
    if (typeof n !== "number" || !Number.isInteger(n) || n < least || n > most) {
      return refuse(`${name} is a whole number from ${least} to ${most}`);
    }
  }
  return choice;
}

const isChoice = (name: string): name is keyof typeof limits => Object.hasOwn(limits, name);

const isRecord = (v: unknown): v is Readonly<Record<string, unknown>> =>
  typeof v === "object" && v !== null && !Array.isArray(v);
