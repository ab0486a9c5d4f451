/** What a checkpoint keeps of each kind of object: its cells, and what is not in tensors. */

import { codes, GlimError } from "../../runtime/eager/glim-error.ts";
import { Module } from "../nn/module.ts";
import { type AnyCell, cellsOf, partsOf } from "../nn/registered.ts";
import { EMA } from "../optim/ema.ts";
import { Optimizer } from "../optim/optimizer.ts";
import { buffersOf } from "../optim/state-buffers.ts";
import { Rng } from "../random/rng.ts";
import { isPlain, member, type Plain } from "./plain.ts";

/** An object that says itself what a checkpoint keeps of it; a `DataLoader` is one. */
export interface Resumable {
  /** Plain data. */
  saveState(): unknown;
  /** Takes what `saveState` gave, or throws and changes nothing. */
  restoreState(state: never): void;
}

/** What can be continued: its state comes back into the very object. */
export type Continued = Module | Optimizer | EMA | Rng | Resumable;

export interface Part {
  readonly cells: ReadonlyMap<string, AnyCell>;
  /** Everything else that later steps depend on. */
  readonly plain: Plain;
  /** Why a state does not fit; undefined where it does. */
  misfit(plain: Plain): string | undefined;
  restore(plain: Plain): void;
}

const noCells: ReadonlyMap<string, AnyCell> = new Map();

/** Undefined for what is no object of these kinds. */
export function partOf(name: string, v: unknown): Part | undefined {
  if (v instanceof Module) return modulePart(v);
  if (v instanceof Optimizer) return optimizerPart(v);
  if (v instanceof EMA) return { ...stateless, cells: new Map(buffersOf(v)) };
  if (v instanceof Rng) return generatorPart(v);
  if (isResumable(v)) return resumablePart(name, v);
  return undefined;
}

const stateless = { plain: null, misfit: () => undefined, restore: () => {} };

/** The generators of dropout, by the path to each. */
function modulePart(module: Module): Part {
  const generators = partsOf(module, (v) => v instanceof Rng);
  const parts = generators.map(([path, rng]) => [path, generatorPart(rng)] as const);
  return {
    cells: new Map(cellsOf(module)),
    plain: Object.fromEntries(parts.map(([path, part]) => [path, part.plain])),
    misfit: (plain) => {
      const wrong = parts.map(([path, part]) => {
        const why = part.misfit(member(plain, path) ?? null);
        return why && `${path}: ${why}`;
      });
      return wrong.find((why) => why !== undefined);
    },
    restore: (plain) => {
      for (const [path, part] of parts) part.restore(member(plain, path) ?? null);
    },
  };
}

function generatorPart(rng: Rng): Part {
  return {
    cells: noCells,
    plain: { seed: rng.seed, position: rng.position },
    misfit: (plain) => {
      const seed = member(plain, "seed");
      if (seed !== rng.seed) return `the seed was ${seed ?? "not saved"} and is ${rng.seed} now`;
      return typeof member(plain, "position") === "number" ? undefined : "it has no position";
    },
    restore: (plain) => {
      rng.position = Number(member(plain, "position"));
    },
  };
}

function optimizerPart(optimizer: Optimizer): Part {
  const { steps, lr, weightDecay, groups } = optimizer;
  const own = groups.map((g) => ({ lr: g.lr ?? null, weightDecay: g.weightDecay ?? null }));
  return {
    cells: new Map(buffersOf(optimizer)),
    plain: { steps, lr, weightDecay, groups: own },
    misfit: (plain) => {
      const count = member(plain, "groups");
      const isOne = Array.isArray(count) && count.length === groups.length;
      return isOne ? undefined : "it had another number of groups";
    },
    restore: (plain) => {
      optimizer.steps = Number(member(plain, "steps"));
      optimizer.lr = Number(member(plain, "lr"));
      optimizer.weightDecay = Number(member(plain, "weightDecay"));
      const saved = member(plain, "groups") as readonly Plain[];
      groups.forEach((group, i) => {
        for (const key of ["lr", "weightDecay"] as const) {
          const rate = member(saved[i], key);
          if (typeof rate === "number") group[key] = rate;
          else delete group[key];
        }
      });
    },
  };
}

function resumablePart(name: string, v: Resumable): Part {
  const plain = v.saveState();
  if (!isPlain(plain)) {
    const message = `saveState of ${name} must give finite numbers, texts, booleans, null, lists and records of them`;
    throw new GlimError(codes.argument, message);
  }
  return {
    cells: noCells,
    plain,
    misfit: () => undefined,
    restore: (p) => v.restoreState(p as never),
  };
}

const isResumable = (v: unknown): v is Resumable =>
  typeof v === "object" && v !== null && "saveState" in v && "restoreState" in v;
