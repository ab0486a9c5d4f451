/** `torch.nn.functional`: activations, normalisations, losses and distances. */

import {
  call,
  type Mapping,
  type Mappings,
  map,
  options,
  rankOf,
  shapeOf,
  type Texts,
} from "../mapping.ts";
import { oneAxis } from "./reductions.ts";

const activation = (name: string, parameters = ""): Mapping =>
  map(parameters === "" ? "x" : `x ${parameters}`, ({ x, ...more }) =>
    call(name, x, options(camel(more))),
  );

const withNumber = (name: string, parameter: string): Mapping =>
  map(`x ${parameter}`, (texts) => call(name, texts.x, texts[parameter]));

const isWord = (text: string): boolean => text.includes("_");
const toCamel = (text: string): string =>
  isWord(text) ? text.replace(/_([a-z])/g, (_, c: string) => c.toUpperCase()) : text;
/** Options by Glim's names. */
const camel = (texts: Texts): Texts =>
  Object.fromEntries(Object.entries(texts).map(([k, v]) => [toCamel(k), v]));

/** A loss of the first `count` arguments, the others being options. */
const loss = (name: string, operands: string, more: string): Mapping => {
  const first = operands.split(" ");
  return map(`${operands} ${more} reduction`, (texts) => {
    const rest = Object.entries(texts).filter(([k]) => !first.includes(k));
    return call(name, ...first.map((k) => texts[k]), options(camel(Object.fromEntries(rest))));
  });
};

const along = (name: string, sign = ""): Mapping =>
  map("x dim", ({ x, dim }, values) => {
    const found = `${oneAxis(x, values.x)}${sign}.${name}(${dim})`;
    return rankOf(values.x) === 0 ? `${found}.reshape([])` : found;
  });

/** By the statistics of the batch itself. */
const normalised = (x: string | undefined, more: string | undefined): string =>
  `((s) => ${call("batchNorm", x, "s.mean", "s.variance", more)})(batchStatistics(${x}))`;

export const activations: Mappings = {
  softmax: along("softmax"),
  log_softmax: along("logSoftmax"),
  "nn.functional.softmin": along("softmax", ".neg()"),
  "nn.functional.relu": activation("relu"),
  "nn.functional.relu6": activation("relu6"),
  "nn.functional.elu": withNumber("elu", "alpha"),
  "nn.functional.celu": withNumber("celu", "alpha"),
  "nn.functional.selu": activation("selu"),
  "nn.functional.gelu": activation("gelu", "approximate"),
  "nn.functional.silu": activation("silu"),
  "nn.functional.mish": activation("mish"),
  "nn.functional.hardswish": activation("hardswish"),
  "nn.functional.hardsigmoid": activation("hardsigmoid"),
  "nn.functional.hardtanh": map("x min_val max_val", ({ x, min_val, max_val }) =>
    call("hardtanh", x, options({ min: min_val, max: max_val })),
  ),
  "nn.functional.hardshrink": withNumber("hardshrink", "lambd"),
  "nn.functional.softshrink": withNumber("softshrink", "lambd"),
  "nn.functional.tanhshrink": activation("tanhshrink"),
  "nn.functional.softsign": activation("softsign"),
  "nn.functional.softplus": activation("softplus", "beta threshold"),
  "nn.functional.logsigmoid": activation("logSigmoid"),
  "nn.functional.leaky_relu": withNumber("leakyRelu", "negative_slope"),
  "nn.functional.prelu": map("x weight", ({ x, weight }) => `prelu(${x}, ${weight})`),
  "nn.functional.threshold": map(
    "x threshold value",
    ({ x, threshold, value }) => `threshold(${x}, ${threshold}, ${value})`,
  ),
  "nn.functional.glu": map("x dim", ({ x, dim }) => call("glu", x, dim)),
  "nn.functional.normalize": map("x p dim eps", ({ x, p, dim, eps }, values) => {
    const found = call("normalize", oneAxis(x, values.x), dim ?? "1", options({ p, eps }));
    return rankOf(values.x) === 0 ? `${found}.reshape([])` : found;
  }),
  "nn.functional.layer_norm": map("x sizes weight bias eps", ({ x, sizes, weight, bias, eps }) =>
    call("layerNorm", x, sizes, options({ weight, bias, eps })),
  ),
  "nn.functional.group_norm": map("x groups weight bias eps", ({ x, groups, weight, bias, eps }) =>
    call("groupNorm", x, groups, options({ weight, bias, eps })),
  ),
  "nn.functional.instance_norm": map("x mean var weight bias eps", ({ x, weight, bias, eps }) =>
    call("instanceNorm", x, options({ weight, bias, eps })),
  ),
  "nn.functional.batch_norm": map(
    "x running_mean running_var weight bias training momentum eps",
    ({ x, running_mean, running_var, weight, bias, training, eps }) => {
      const more = options({ weight, bias, eps });
      return training === "true"
        ? normalised(x, more)
        : call("batchNorm", x, running_mean, running_var, more);
    },
  ),
  "nn.functional.mse_loss": loss("mse", "x y", ""),
  "nn.functional.l1_loss": loss("l1", "x y", ""),
  "nn.functional.smooth_l1_loss": loss("smoothL1", "x y", "beta"),
  "nn.functional.huber_loss": loss("huber", "x y", "delta"),
  "nn.functional.kl_div": loss("klDiv", "x y", "log_target"),
  "nn.functional.binary_cross_entropy": loss("bce", "x y", "weight"),
  "nn.functional.binary_cross_entropy_with_logits": loss(
    "bceWithLogits",
    "x y",
    "weight pos_weight",
  ),
  "nn.functional.cross_entropy": loss("crossEntropy", "x y", "weight ignore_index label_smoothing"),
  "nn.functional.nll_loss": loss("nll", "x y", "weight ignore_index"),
  "nn.functional.gaussian_nll_loss": loss("gaussianNll", "x y var", "full eps"),
  "nn.functional.poisson_nll_loss": loss("poissonNll", "x y", "log_input full eps"),
  "nn.functional.soft_margin_loss": loss("softMargin", "x y", ""),
  "nn.functional.margin_ranking_loss": loss("marginRanking", "x y target", "margin"),
  "nn.functional.hinge_embedding_loss": loss("hingeEmbedding", "x y", "margin"),
  "nn.functional.cosine_embedding_loss": loss("cosineEmbedding", "x y target", "margin"),
  "nn.functional.multilabel_margin_loss": loss("multilabelMargin", "x y", ""),
  "nn.functional.multilabel_soft_margin_loss": loss("multilabelSoftMargin", "x y", "weight"),
  "nn.functional.multi_margin_loss": loss("multiMargin", "x y", "p margin weight"),
  "nn.functional.triplet_margin_loss": loss("tripletMargin", "x y z", "margin p eps swap"),
  "nn.functional.cosine_similarity": map("x y dim eps", ({ x, y, dim, eps }, values) => {
    const isSingle = rankOf(values.x) === 0;
    const [a, b] = [oneAxis(x, values.x), oneAxis(y, values.y)];
    return call("cosineSimilarity", a, b, isSingle ? "0" : (dim ?? "1"), options({ eps }));
  }),
  "nn.functional.pairwise_distance": map("x y p eps keepdim", ({ x, y, p, eps, keepdim }) =>
    call("pairwiseDistance", x, y, options({ p, eps, keepDim: keepdim })),
  ),
  "nn.functional.pdist": map("x p", ({ x, p }) => call("pdist", x, p)),
  cdist: map("x y p", ({ x, y, p }) => call("cdist", x, y, p)),
  native_layer_norm: map("x sizes weight bias eps", ({ x, sizes, weight, bias, eps }, values) => {
    const count = Array.isArray(values.sizes) ? values.sizes.length : 0;
    const dims = shapeOf(values.x)
      .map((_, i) => i)
      .slice(-count);
    const keep = `${JSON.stringify(dims)}, { keepDim: true }`;
    const norm = call("layerNorm", x, sizes, options({ weight, bias, eps }));
    const spread = `${x}.variance(${JSON.stringify(dims)}, { correction: 0, keepDim: true })`;
    return `[${norm}, ${x}.mean(${keep}), ${spread}.add(${eps}).rsqrt()]`;
  }),
  native_batch_norm: map(
    "x weight bias mean var training momentum eps",
    ({ x, weight, bias, mean, var: spread, training, eps }, values) => {
      const more = options({ weight, bias, eps });
      if (training === "false") {
        return `[${call("batchNorm", x, mean, spread, more)}, full([0], 0), full([0], 0)]`;
      }
      const dims = JSON.stringify(
        shapeOf(values.x)
          .map((_, i) => i)
          .filter((i) => i !== 1),
      );
      const norm = normalised(x, more);
      const inverse = `${x}.variance(${dims}, { correction: 0 }).add(${eps}).rsqrt()`;
      return `[${norm}, ${x}.mean(${dims}), ${inverse}]`;
    },
  ),
};
