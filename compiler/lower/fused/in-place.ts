/** Which operands a kernel may be given as its result's memory, too: each element is read before it is written. */

import { type Region, tensorOf } from "../../graph/ir.ts";
import { storageSize } from "../../graph/layout.ts";
import { equalDim } from "../../ops/dim.ts";
import { bytesOf } from "../../ops/types.ts";
import { kernelsIn } from "./block-frame.ts";
import { overruns, resultNest } from "./build-map.ts";
import { describeKernel, type Kernel } from "./kernel.ts";
import { equalForm, type LinearForm } from "./linear-form.ts";
import { type Pulled, recordOf } from "./pull.ts";

/** The parameters that may be the result, each by itself; every other one must be another buffer. */
export function paramsInPlace(region: Region): ReadonlySet<number> {
  // A block of the result is written before the next one of an operand is read.
  if (kernelsIn(region).length > 0) return new Set();
  const kernel = describeKernel("", region);
  const { anchor } = kernel;
  if (!anchor) return mapInPlace(kernel);
  const lowering = recordOf(anchor).lower(
    anchor.operands.map(tensorOf),
    anchor.attrs,
    tensorOf(anchor.results[0]!),
  );
  if (lowering.kind !== "scatter") return new Set();
  const data = anchor.operands[0]!;
  const param = region.params.indexOf(data);
  const readsOnce = anchor.operands.every((v, i) => i === 0 || v !== data);
  // The epilogue of a scatter is nothing, and its source is another parameter or computed of others.
  const isAlone = region.nodes.every((n) => n === anchor || !n.operands.includes(data));
  return new Set(param >= 0 && readsOnce && isAlone ? [param] : []);
}

/** All reads of a parameter are where the result's element is written. */
function mapInPlace(kernel: Kernel): ReadonlySet<number> {
  const { nest, paddedFrom } = resultNest(kernel);
  if (paddedFrom || overruns(nest)) return new Set();
  const result = tensorOf(kernel.result);
  const size = storageSize(kernel.result.layout, result.shape);
  const fits = kernel.region.params.map((p, i) => {
    const { dtype, shape } = tensorOf(p);
    return (
      bytesOf[dtype] === bytesOf[result.dtype] &&
      equalDim(storageSize(p.layout, shape), size) &&
      readsOf(nest.pulled, i).every((form) => equalForm(form, nest.out))
    );
  });
  return new Set(fits.flatMap((fit, i) => (fit ? [i] : [])));
}

const readsOf = (pulled: Pulled, param: number): readonly LinearForm[] =>
  pulled.args.flatMap((a) => (a.kind === "memory" && a.param === param ? [a.form] : []));
