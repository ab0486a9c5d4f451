// A model runs for days: what a round of a loop makes must be freed in that round, what a call makes by the
// next call, in every shape that objects take. GLIM_RUNS=10000000 runs longer.

import { describe, expect, it } from "vitest";
import { type LoadedGraph, loadGraph } from "./load-graph.ts";

const rounds = Number(process.env.GLIM_RUNS ?? 1e6);

const program = `module rounds
type @Pair = record {text: str, values: @Numbers}
type @Numbers = list f64
type @Link = record {value: f64, next: null|@Link}
type @Tree = record {children: @Trees, label: str}
type @Trees = list @Tree
type @Row = box f32[256]
type @Rows = list @Row
type @Seen = map str -> @Numbers

entry func @make(%n: f64) -> f64 {
  %zero = number 0 : f64
  %one = number 1 : f64
  %sum = loop rounds (%i = %zero : f64, %total = %zero : f64) : f64 {
    %more = scalar lt %i %n : bool
    if %more {
      %list = new %i %one : @Numbers
      list.push %list %i
      %t = text "a" : str
      %u = texts concat %t %t : str
      %pair = new %u %list : @Pair
      %back = field.get %pair leaf=1 : @Numbers
      %length = list.length %back : f64
      %next = scalar add %i %one : f64
      %rest = scalar add %total %length : f64
      continue rounds %next %rest
    } else {
      break rounds %total
    }
    throw "unreachable"
  }
  return %sum
}

entry func @chain(%n: f64) -> f64 {
  %zero = number 0 : f64
  %one = number 1 : f64
  %code = number 6 : f64
  %none = empty : @Link
  %first = new %zero %one %none : @Link
  %last = loop rounds (%i = %zero : f64, %link = %first : @Link) : @Link {
    %more = scalar lt %i %n : bool
    if %more {
      %new = new %i %code %link : @Link
      %next = scalar add %i %one : f64
      continue rounds %next %new
    } else {
      break rounds %link
    }
    throw "unreachable"
  }
  %value = field.get %last leaf=0 : f64
  return %value
}

entry func @tree(%n: f64) -> f64 {
  %zero = number 0 : f64
  %one = number 1 : f64
  %label = text "leaf" : str
  %all = new : @Trees
  %root = new %all %label : @Tree
  loop rounds (%i = %zero : f64) {
    %more = scalar lt %i %n : bool
    if %more {
      %children = field.get %root leaf=0 : @Trees
      %own = new : @Trees
      %name = texts fromCharCode %i : str
      %child = new %own %name : @Tree
      list.push %own %child
      list.push %children %child
      list.remove %own %zero %one
      %next = scalar add %i %one : f64
      continue rounds %next
    } else {
      break rounds
    }
    throw "unreachable"
  }
  %length = list.length %all : f64
  return %length
}

entry func @rows(%x: f32[256], %n: f64) -> f32[256] {
  %zero = number 0 : f64
  %one = number 1 : f64
  %start = new : @Rows
  %first = box %x : @Row
  list.push %start %first
  %out = loop rounds (%i = %zero : f64, %y = %x : f32[256]) : f32[256] {
    %more = scalar lt %i %n : bool
    if %more {
      %box = list.get %start %zero leaf=0 : @Row
      %was = unbox %box : f32[256]
      %sum = add %was %x : f32[256]
      %new = box %sum : @Row
      list.set %start %zero %new leaf=0
      %next = scalar add %i %one : f64
      continue rounds %next %was
    } else {
      break rounds %y
    }
    throw "unreachable"
  }
  return %out
}

entry func @words(%n: f64) -> f64 {
  %zero = number 0 : f64
  %one = number 1 : f64
  %seven = number 7 : f64
  %seen = new : @Seen
  loop rounds (%i = %zero : f64) {
    %more = scalar lt %i %n : bool
    if %more {
      %k = scalar rem %i %seven : f64
      %word = texts fromCharCode %k : str
      %list = new %i : @Numbers
      map.put %seen %word %list
      %gone = scalar eq %k %one : bool
      if %gone {
        %was = map.remove %seen %word : bool
        check "it was there" %was
        yield
      } else {
        yield
      }
      %next = scalar add %i %one : f64
      continue rounds %next
    } else {
      break rounds
    }
    throw "unreachable"
  }
  %size = map.size %seen : f64
  map.clear %seen
  return %size
}
`;

let loaded: Promise<LoadedGraph> | undefined;
const load = (): Promise<LoadedGraph> => {
  loaded ??= loadGraph(program);
  return loaded;
};

const pages = ({ memory }: LoadedGraph): number => memory().buffer.byteLength;

describe("what is made in rounds", () => {
  it("many lists, texts and records", { timeout: 120_000 }, async () => {
    const graph = await load();
    graph.model.make!(10);
    const before = pages(graph);
    expect(graph.model.make!(rounds)).toBe(3 * rounds);
    expect(pages(graph)).toBe(before);
    expect(graph.used()).toBe(0);
  });

  it("a million links, released one after another", async () => {
    const graph = await load();
    expect(graph.model.chain!(1e6)).toBe(999_999);
    expect(graph.used()).toBe(0);
    const after = pages(graph);
    graph.model.chain!(1e6);
    expect(pages(graph)).toBe(after);
  });

  it("objects that were in each other", async () => {
    const graph = await load();
    expect(graph.model.tree!(1000)).toBe(1000);
    expect(graph.used()).toBe(0);
  });

  it("tensors in boxes, read where they lie", async () => {
    const graph = await load();
    const x = Float32Array.from({ length: 256 }, (_, i) => i);
    const { data } = graph.model.rows!(x, 100) as { readonly data: Float32Array };
    expect(data).toEqual(x.map((v) => v * 100));
    expect(graph.used()).toBe(0);
  });

  it("entries of maps, with their keys", async () => {
    const graph = await load();
    expect(graph.model.words!(1000)).toBe(6);
    expect(graph.used()).toBe(0);
  });
});
