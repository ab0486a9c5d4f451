/** Writes models of a given size, as people write them. */

/** A model of three modules and about 300 lines; `edit` is a line that somebody is typing. */
export function threeModules(edit: string): Readonly<Record<string, string>> {
  return { "layers.ts": layers(), "blocks.ts": blocks(), "model.ts": model(edit) };
}

function layers(): string {
  const classes = Array.from(
    { length: 8 },
    (_, i) => `
/** Two linear layers with something between. */
export class Pair${i} extends nn.Module {
  readonly first: nn.Linear;
  readonly second: nn.Linear;

  constructor(width: number, inner: number) {
    super();
    this.first = new nn.Linear(width, inner);
    this.second = new nn.Linear(inner, width);
  }

  forward(x: Tensor): Tensor {
    const y = this.first.forward(x).relu();
    return this.second.forward(y);
  }
}`,
  );
  return `import { nn, type Tensor } from "glim";\n${classes.join("\n")}\n`;
}

function blocks(): string {
  const names = Array.from({ length: 8 }, (_, i) => `Pair${i}`).join(", ");
  const classes = Array.from(
    { length: 8 },
    (_, i) => `
export class Block${i} extends nn.Module {
  readonly pair = new Pair${i}(64, 256);

  forward(x: Tensor): Tensor {
    const y = this.pair.forward(x);
    return normalise(x.add(y));
  }
}`,
  );
  return `import { nn, type Tensor } from "glim";
import { ${names} } from "./layers.ts";

/** Mean 0 and variance 1 along the last axis. */
export function normalise(x: Tensor): Tensor {
  const centred = x.sub(x.mean(-1, { keepDim: true }));
  const variance = centred.square().mean(-1, { keepDim: true });
  return centred.div(variance.add(1e-5).sqrt());
}
${classes.join("\n")}
`;
}

function model(edit: string): string {
  const names = Array.from({ length: 8 }, (_, i) => `Block${i}`);
  return `import { nn, script, type Tensor } from "glim";
import { ${names.join(", ")} } from "./blocks.ts";

class Model extends nn.Module {
${names.map((name, i) => `  readonly block${i} = new ${name}();`).join("\n")}
  readonly head = new nn.Linear(64, 10);

  forward(x: Tensor): Tensor {
    let y = x;
${names.map((_, i) => `    y = this.block${i}.forward(y);`).join("\n")}
    ${edit}
    return this.head.forward(y);
  }
}

const model = new Model();

export const logits = script((x: Tensor<["B", 64]>) => model.forward(x));

export const classify = script((x: Tensor<["B", 64]>) => model.forward(x).softmax(-1));

export const best = script((x: Tensor<["B", 64]>) => model.forward(x).argmax(-1));
`;
}

/** One file with a field for each of many layers. */
export function manyLayers(count: number): string {
  const fields = Array.from(
    { length: count },
    (_, i) => `  readonly layer${i} = new nn.Linear(256, 256);`,
  );
  const steps = Array.from(
    { length: count },
    (_, i) => `    y = this.layer${i}.forward(y).relu();`,
  );
  return `import { nn, script, type Tensor } from "glim";

class Model extends nn.Module {
${fields.join("\n")}

  forward(x: Tensor): Tensor {
    let y = x;
${steps.join("\n")}
    return y;
  }
}

const model = new Model();

export const f = script((x: Tensor<["B", 256]>) => model.forward(x));
`;
}
