/** GLIM6xxx: compiled modules, and the files that they are run on. */

import type { Message } from "../diagnostic.ts";

const message = (code: string, text: string, why: string, fix: string): Message => ({
  code,
  message: text,
  why,
  fix,
});

export const artefactUnreadable = (file: string, text: string): Message =>
  message("GLIM6001", `${file}: ${text}`, "The compiled module cannot be read.", "");

export const notWebAssembly = (file: string, text: string): Message =>
  message(
    "GLIM6002",
    `${file} is not a WebAssembly module: ${text}`,
    "`glim compile` writes modules as NAME.wasm.",
    "Give the .wasm file, and copy it again if it may have been cut off.",
  );

export const notOurs = (file: string): Message =>
  message(
    "GLIM6003",
    `${file} was not written by this version of Glim`,
    "A module says in its section `glim` what its entry points take; this one has no such section, or another version's.",
    "Compile the model again.",
  );

export const notAPackage = (file: string, text: string): Message =>
  message(
    "GLIM6007",
    `${file} is not a package of this version of Glim: ${text}`,
    "`glim compile --emit glim` writes packages as NAME.glim; what is in one must fit together to the byte.",
    "Copy the file again if it may have been damaged, or compile the model again.",
  );

export const inputFile = (name: string, file: string, text: string): Message =>
  message("GLIM6004", `${file}: ${text}`, `It is the input \`${name}\`.`, "");

export const inputDType = (name: string, file: string, found: string, wanted: string): Message =>
  message(
    "GLIM6005",
    `${file} holds ${found}, and \`${name}\` is ${wanted}`,
    "Inputs are converted only where every value stays the same.",
    `Save the array as ${wanted}: in NumPy, ${numpyCast(wanted)}.`,
  );

const numpyNames: Readonly<Record<string, string>> = {
  f32: "float32",
  i32: "int32",
  bool: "bool",
};

const numpyCast = (dtype: string): string => `a.astype("${numpyNames[dtype] ?? dtype}")`;

export const outputFormat = (file: string, text: string): Message =>
  message(
    "GLIM6006",
    `${file} cannot hold the result: ${text}`,
    "A .npy or raw file holds one tensor.",
    "Write a .json file, or a .safetensors file of all tensors.",
  );

export const noTranslator = (version: string): Message =>
  message(
    "GLIM6010",
    "wasm2c is not installed, and C is made with it",
    "The npm package `wabt` has it. It is not among Glim's own, because most projects never need C.",
    `Run \`npm install --save-dev wabt@${version}\`.`,
  );

export const otherTranslator = (found: string, wanted: string): Message =>
  message(
    "GLIM6010",
    `wabt ${found} is installed, and C is made with wabt ${wanted}`,
    "Other versions of wasm2c write C for another runtime.",
    `Run \`npm install --save-dev wabt@${wanted}\`.`,
  );
