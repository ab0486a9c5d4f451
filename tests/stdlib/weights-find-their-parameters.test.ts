// Weights come from PyTorch by name; one that is silently left out makes a model that is silently wrong.
import { type AnyTensor, GlimError, nn, ones, type Tensor, tensor, zeros } from "glim";
import { describe, expect, it } from "vitest";

class Block extends nn.Module {
  readonly cAttn = new nn.Linear(2, 3);
  readonly runningMean = new nn.Buffer(zeros([3]));
}

class Model extends nn.Module {
  readonly embed = new nn.Parameter(ones([4, 2]));
  readonly blocks = [new Block(), new Block()];
  readonly heads = { main: new nn.Linear(3, 1, { bias: false }) };
  readonly tied = this.embed;
  readonly note = "not a tensor";
  readonly plain = zeros([2]);
  readonly count = new Map([["cell", new nn.Parameter(zeros([1]))]]);
}

const names = [
  "embed",
  ...[0, 1].flatMap((i) => [
    `blocks.${i}.cAttn.weight`,
    `blocks.${i}.cAttn.bias`,
    `blocks.${i}.runningMean`,
  ]),
  "heads.main.weight",
];

/** A state dict that fits, each tensor filled with its number. */
function fitting(model = new Model()): Map<string, AnyTensor> {
  const all = [...model.stateDict()].filter(([name]) => name !== "tied");
  return new Map(all.map(([name, t], i) => [name, zeros([...t.shape]).add(i + 1)]));
}

function refusal(f: () => unknown): GlimError {
  try {
    f();
  } catch (error) {
    if (error instanceof GlimError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const first = (t: AnyTensor | undefined): unknown => t?.reshape([-1]).narrow(0, 0, 1).item();

describe("names", () => {
  it("are the paths to own fields, lists and records, in order", () => {
    expect([...new Model().stateDict().keys()]).toEqual([...names, "tied"]);
  });

  it("of parameters leave out buffers and second names", () => {
    const named = new Model().namedParameters();
    expect([...named.keys()]).toEqual(names.filter((n) => !n.includes("running")));
    expect(new Model().parameters().length).toBe(named.size);
  });

  it("of Sequential are positions, as in PyTorch", () => {
    const net = new nn.Sequential(new nn.Linear(2, 2), new nn.ReLU(), new nn.Linear(2, 1));
    expect([...net.stateDict().keys()]).toEqual(["0.weight", "0.bias", "2.weight", "2.bias"]);
  });

  it("end where a module contains itself", () => {
    class Knot extends nn.Module {
      readonly w = new nn.Parameter(ones([1]));
      readonly self = this;
    }
    expect([...new Knot().stateDict().keys()]).toEqual(["w"]);
  });
});

describe("loading", () => {
  it("gives every parameter its tensor", () => {
    const model = new Model();
    expect(model.loadStateDict(fitting())).toEqual({ missing: [], surplus: [] });
    const values = [...model.stateDict().values()].map(first);
    expect(values).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 1]);
    expect(first(model.tied)).toBe(1);
  });

  it("finds names without _ and case where nothing is equal", () => {
    const model = new Model();
    const torch = [...fitting()].map(([name, t]): [string, AnyTensor] => [
      name.replace("cAttn", "c_attn").replace("runningMean", "running_mean"),
      t,
    ]);
    model.loadStateDict(new Map(torch));
    expect(first(model.blocks[1]?.cAttn.weight)).toBe(5);
  });

  it("keeps tensors that were computed from the former values", () => {
    const model = new Model();
    const before = model.embed.transpose(0, 1);
    model.loadStateDict(fitting().set("embed", zeros([4, 2]).add(9)));
    expect(first(before)).toBe(1);
    expect(first(model.embed)).toBe(9);
  });

  it("lists all that is missing, surplus and of another shape, and changes nothing", () => {
    const model = new Model();
    const dict = fitting();
    for (const name of ["embed", "blocks.1.cAttn.bias"]) dict.delete(name);
    dict.set("blocks.2.w", ones([1])).set("extra", ones([1]));
    dict
      .set("heads.main.weight", ones([3, 1]))
      .set("blocks.0.cAttn.bias", tensor([1, 2, 3], "i32"));
    const { code, message } = refusal(() => model.loadStateDict(dict));
    expect(code).toBe("GLIM2017");
    expect(message).toBe(
      "the state dict does not fit Model: missing: embed, blocks.1.cAttn.bias, tied; " +
        "surplus: blocks.2.w, extra; " +
        "blocks.0.cAttn.bias is i32[3], not f32[3]; heads.main.weight is f32[3,1], not f32[1,3]; " +
        "change names with rename, leave some out with ignore",
    );
    expect(first(model.embed)).toBe(1);
    expect(first(model.blocks[0]?.runningMean)).toBe(0);
  });

  it("names shapes alone where all names fit", () => {
    const dict = fitting().set("embed", ones([2, 4]));
    const { code, message } = refusal(() => new Model().loadStateDict(dict));
    expect(code).toBe("GLIM2018");
    expect(message).toBe("the state dict does not fit Model: embed is f32[2,4], not f32[4,2]");
  });

  it("refuses a name that two parameters could have, and two names for one", () => {
    class Twins extends nn.Module {
      readonly a_b = new nn.Parameter(ones([1]));
      readonly aB = new nn.Parameter(ones([1]));
    }
    const unclear = refusal(() => new Twins().loadStateDict(new Map([["AB", ones([1])]])));
    expect(unclear.message).toMatch(/AB can be a_b or aB/);
    const dict = fitting().set("Em_bed", ones([4, 2]));
    dict.delete("embed");
    dict.set("eMBed", ones([4, 2]));
    const twice = refusal(() => new Model().loadStateDict(dict));
    expect(twice.message).toMatch(/Em_bed and eMBed are both embed/);
  });

  it("fills a shared parameter from either name", () => {
    const model = new Model();
    const dict = fitting();
    dict.set("tied", zeros([4, 2]).add(9));
    dict.delete("embed");
    model.loadStateDict(dict);
    expect(first(model.embed)).toBe(9);
  });
});

describe("options", () => {
  it("strict: false allows missing and surplus names, not other shapes", () => {
    const dict = fitting().set("extra", ones([1]));
    dict.delete("heads.main.weight");
    const loaded = new Model().loadStateDict(dict, { strict: false });
    expect(loaded).toEqual({ missing: ["heads.main.weight"], surplus: ["extra"] });
    dict.set("embed", ones([1]));
    expect(refusal(() => new Model().loadStateDict(dict, { strict: false })).code).toBe("GLIM2018");
  });

  it('ifMissing: "keep" keeps what the file lacks, and still refuses what is surplus', () => {
    const model = new Model();
    const dict = new Map([["heads.main.weight", zeros([1, 3])]]);
    model.loadStateDict(dict, { ifMissing: "keep" });
    expect(first(model.embed)).toBe(1);
    expect(first(model.heads.main.weight)).toBe(0);
    dict.set("extra", ones([1]));
    expect(() => model.loadStateDict(dict, { ifMissing: "keep" })).toThrow(/surplus: extra/);
  });

  it("ignore leaves names out, each time alike", () => {
    const dict = fitting()
      .set("mask_a", ones([1]))
      .set("mask_b", ones([1]));
    new Model().loadStateDict(dict, { ignore: [/^mask_/g] });
  });

  it("rename and transform see the file's names", () => {
    const model = new Model();
    const seen: string[] = [];
    const dict = new Map<string, AnyTensor>();
    for (const [name, t] of fitting()) dict.set(`model.${name}`, t);
    dict.set("model.heads.main.weight", zeros([3, 1]).add(7)).set("optimizer.step", ones([1]));
    model.loadStateDict(dict, {
      rename: (name) => (name.startsWith("model.") ? name.slice(6) : undefined),
      transform: (name, t) => {
        seen.push(name);
        return name.endsWith("main.weight") ? t.transpose(0, 1) : t;
      },
    });
    expect(first(model.heads.main.weight)).toBe(7);
    expect(seen).toEqual(names.map((name) => `model.${name}`));
  });
});

it("freezing marks every parameter, for optimisers", () => {
  const model = new Model().freeze();
  expect(model.parameters().map((p) => p.trainable)).toEqual(model.parameters().map(() => false));
  expect(
    model
      .unfreeze()
      .parameters()
      .every((p) => p.trainable),
  ).toBe(true);
  expect(model.training).toBe(false);
});

it("layers compute what their functions do", () => {
  const x: Tensor = tensor([[1, -2]]);
  const net = new nn.Sequential(
    new nn.Linear(2, 4),
    new nn.ReLU(),
    new nn.Dropout(0.9),
    new nn.Identity(),
    (y: Tensor) => y.reshape([1, 1, 2, 2]),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
  );
  const [weight, bias] = net.parameters();
  const hidden = x.matmul(weight!.transpose(0, 1)).add(bias!).relu();
  expect(net.forward(x).item()).toBe(hidden.max().item());
});
