/** Writes what is built with NAME.c: its header, the file that holds its weights, and a Makefile. */

import type { EntrySignature } from "../../compiler/package/signature.ts";
import { spellEntry } from "../artefact/describe-artefact.ts";
import { cComment } from "./c-text.ts";

/** NAME.h. */
export function writeHeader(
  name: string,
  entries: readonly EntrySignature[],
  declarations: readonly string[],
): string {
  const guard = `GLIM_MODEL_${name.replace(/\W/g, "_").toUpperCase()}_H`;
  const about = entries.flatMap((e) => [
    "",
    spellEntry(e),
    ...e.doc
      .split("\n")
      .filter(Boolean)
      .map((line) => `  ${line}`),
  ]);
  return [
    cComment([`${name}, a model, for glim.h. Its entries:`, ...about]),
    "",
    `#ifndef ${guard}`,
    `#define ${guard}`,
    "",
    '#include "glim.h"',
    "",
    "#ifdef __cplusplus",
    'extern "C" {',
    "#endif",
    "",
    ...declarations,
    "",
    "#ifdef __cplusplus",
    "}",
    "#endif",
    "",
    "#endif",
    "",
  ].join("\n");
}

/** Bytes of a file that are to be part of a program. */
export interface Contained {
  readonly symbol: string;
  readonly file: string;
  /** Which bytes; all, if this is not said. */
  readonly part?: readonly [from: number, length: number];
}

/**
 * A file for the assembler that holds parts of files as they are. C has no way to include bytes, and takes its time
 * over millions of numbers.
 */
export const writeContainer = (parts: readonly Contained[]): string => `\
/* Data that is a part of the program. */

#if defined(__APPLE__)
#define SYMBOL(name) _##name
  .const
#else
#define SYMBOL(name) name
  .section .rodata
#endif
${parts.map(spellContained).join("")}
#if defined(__ELF__)
  .section .note.GNU-stack, "", %progbits
#endif
`;

const spellContained = ({ symbol, file, part }: Contained): string => `
  .globl SYMBOL(${symbol}), SYMBOL(${symbol}_end)
  .balign 64
SYMBOL(${symbol}):
  .incbin "${file}"${part ? `, ${part.join(", ")}` : ""}
SYMBOL(${symbol}_end):
`;

export interface Build {
  readonly name: string;
  /** Files that are compiled, C or for the assembler. */
  readonly sources: readonly string[];
  /** What the assembler takes in. */
  readonly contained: readonly string[];
}

export const writeMakefile = ({ name, sources, contained }: Build): string => `\
# Builds ${name} with gcc or clang. Written by \`glim compile\`: changes would be lost.
#
#   make                     lib${name}.a, a library to link with a program and -lm
#   make ${name} MAIN=main.c     a program of main.c and the library
#
# ARCH and CFLAGS may be others, -march=native too; the rest keeps the results' bits.

CFLAGS ?= -O2
ARCH ?= $(if $(filter x86_64 amd64,$(shell uname -m)),-march=x86-64-v2)
FLAGS = $(CFLAGS) $(ARCH) -std=c11 -ffp-contract=off -fno-math-errno -fno-trapping-math -Iglim -I.

SOURCES = ${sources.join(" ")}
OBJECTS = $(addsuffix .o,$(basename $(SOURCES)))

lib${name}.a: $(OBJECTS)
\t$(AR) rcs $@ $(OBJECTS)

%.o: %.c $(wildcard glim/*.h)
\t$(CC) $(FLAGS) -c $< -o $@

%.o: %.S
\t$(CC) -c $< -o $@
${contained.length === 0 ? "" : `\n$(filter %-data.o,$(OBJECTS)): ${contained.join(" ")}\n`}
${name}: $(MAIN) lib${name}.a
\t$(CC) $(FLAGS) $(MAIN) lib${name}.a -lm -o $@

clean:
\trm -f $(OBJECTS) lib${name}.a ${name}

.PHONY: clean
`;
