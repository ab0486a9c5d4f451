/** GLIM2xxx: loading the model file, its types, entry points and weights. */

import type { Message } from "../diagnostic.ts";

const message = (code: string, text: string, why: string, fix: string): Message => ({
  code,
  message: text,
  why,
  fix,
});

/** One of TypeScript's own errors. */
export const typeError = (number: number, text: string): Message =>
  message("GLIM2001", `TS${number}: ${text}`, "TypeScript refuses this.", "");

export const fileMissing = (file: string): Message =>
  message("GLIM2002", `${file} does not exist`, "The model is read from this file.", "");

export const notTypeScript = (file: string): Message =>
  message(
    "GLIM2003",
    `${file} is not a TypeScript file`,
    "Models are compiled from their TypeScript source.",
    "Give a .ts or .mts file.",
  );

export const loadFailed = (text: string): Message =>
  message(
    "GLIM2004",
    `the model threw while it was loaded: ${text}`,
    "Compiling runs the file's top level, to read what the functions capture.",
    "Run the file with Node to see the error by itself.",
  );

export const bundleFailed = (text: string): Message =>
  message("GLIM2005", text, "The file or one of its imports cannot be read as a module.", "");

export const noEntry = (file: string): Message =>
  message(
    "GLIM2006",
    `${file} exports no entry point`,
    "Entry points are exported functions marked with `script`.",
    'export const classify = script((images: Tensor<["B", 784]>) => net.forward(images));',
  );

export const onlyTraining = (names: readonly string[]): Message =>
  message(
    "GLIM2021",
    `nothing is left to compile: ${names.join(" and ")} train${names.length === 1 ? "s" : ""}`,
    "Entry points that write parameters are left out, so that modules which only compute keep their weights as constants.",
    "Compile with `--train`, or name the entry with `--entry`.",
  );

export const unknownEntry = (name: string, known: readonly string[]): Message =>
  message(
    "GLIM2007",
    `there is no entry point ${name}`,
    known.length === 0 ? "The file exports none." : `The file exports ${known.join(", ")}.`,
    "",
  );

export const untypedParameter = (name: string): Message =>
  message(
    "GLIM2008",
    `the parameter \`${name}\` of an entry point has no type`,
    "Nothing calls an entry point when compiling, so its parameters cannot be inferred.",
    `Write \`${name}: Tensor<["B", 784]>\`, \`${name}: number\` or \`${name}: boolean\`.`,
  );

export const shapelessParameter = (name: string): Message =>
  message(
    "GLIM2009",
    `the shape of the parameter \`${name}\` is not given`,
    "An entry point needs to know the rank; sizes may be names or `number`.",
    `Write \`${name}: Tensor<["B", 784]>\`, with one number or name for each dimension.`,
  );

export const parameterDType = (name: string, dtype: string): Message =>
  message(
    "GLIM2010",
    `the parameter \`${name}\` has elements of type ${dtype}`,
    "This version computes with f32, i32 and bool.",
    "",
  );

export const badSize = (text: string): Message =>
  message(
    "GLIM2011",
    `${text} is not a size`,
    "A dimension is a whole number, a name in quotes, or `number`.",
    'Write for instance Tensor<["B", 784]>.',
  );

export const unknownSizeName = (name: string, known: readonly string[]): Message =>
  message(
    "GLIM2012",
    `\`dims\` names ${name}, which no parameter uses`,
    known.length === 0 ? "No parameter has a named size." : `Named sizes: ${known.join(", ")}.`,
    "",
  );

export const badBounds = (name: string, text: string): Message =>
  message(
    "GLIM2013",
    `the bounds of ${name} are ${text}`,
    "A size is a whole number of at least 0, or a pair [min, max] of such.",
    `Write \`dims: { ${name}: [1, 64] }\`.`,
  );

export const resultKind = (what: string): Message =>
  message(
    "GLIM2014",
    `the entry point returns ${what}`,
    "A host can take tensors, numbers, booleans, and lists and records of them.",
    "",
  );

export const notAFunction = (name: string): Message =>
  message(
    "GLIM2015",
    `the entry point ${name} is not a function written in TypeScript`,
    "Entry points are compiled from their source.",
    "",
  );

export const weightsFile = (file: string, text: string): Message =>
  message("GLIM2016", `${file}: ${text}`, "The weights cannot be read.", "");

export const weightsKeys = (missing: readonly string[], surplus: readonly string[]): Message =>
  message(
    "GLIM2017",
    [
      missing.length === 0 ? "" : `missing weights: ${missing.join(", ")}`,
      surplus.length === 0 ? "" : `surplus weights: ${surplus.join(", ")}`,
    ]
      .filter((part) => part !== "")
      .join("; "),
    "The names of the weights must be those of the model's parameters and buffers.",
    "",
  );

export const weightsShape = (name: string, wanted: string, found: string): Message =>
  message(
    "GLIM2018",
    `the weight ${name} is ${found}, and the model wants ${wanted}`,
    "Weights are taken as they are; they are never reshaped.",
    "",
  );

export const unwritable = (path: string, text: string): Message =>
  message("GLIM2019", `cannot write ${path}: ${text}`, "", "");

export const reservedEntry = (name: string): Message =>
  message(
    "GLIM2020",
    `an entry point cannot be called ${name}`,
    "The compiled module exports something else by this name.",
    "Export it under another name.",
  );

export const scheduleFile = (file: string, text: string): Message =>
  message(
    "GLIM2024",
    `${file}: ${text}`,
    "The file beside a model says how its contractions are scheduled; `glim tune` writes it.",
    "Delete it, or let `glim tune` write it anew.",
  );

/** Asked of `compile(f)` in a running program. */
export const untaggedFunction = (name: string): Message =>
  message(
    "GLIM2022",
    `compile: the source of ${name === "" ? "this function" : `\`${name}\``} is not known`,
    "Glim compiles TypeScript. Functions of a program know theirs when Glim has loaded it.",
    "Run the program with `npx glim start FILE`.",
  );

export const unsharedState = (name: string): Message =>
  message(
    "GLIM2023",
    `compile: ${name} is written, and cannot be given back to the program`,
    "Numbers, booleans, tensors, parameters and buffers are shared. Texts, lists, maps and private fields are not.",
    "Give it as an argument and return it; a private field can be given a name without #.",
  );
